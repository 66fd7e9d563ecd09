import Glibc

/// Where the bytes of an input come from: an open file descriptor, or memory.
struct ByteOrigin: ~Copyable {
    private enum Kind {
        case descriptor(Int32, closesAtEnd: Bool, isInterrupted: (() -> Bool)?)
        case memory([UInt8], position: Int)
    }

    /// For error messages: the path as it was given, or "standard input".
    let name: String
    private var kind: Kind

    /// Opens a file or a pipe. A directory is refused here and not only at the first read.
    init(path: String) throws(InputError) {
        self.init(descriptor: try openForReading(path), name: path, closesAtEnd: true, isInterrupted: nil)
    }

    /// `isInterrupted` is asked a few times a second while there is nothing to read.
    init(descriptor: Int32, name: String, closesAtEnd: Bool, isInterrupted: (() -> Bool)?) {
        self.name = name
        kind = .descriptor(descriptor, closesAtEnd: closesAtEnd, isInterrupted: isInterrupted)
    }

    init(bytes: [UInt8], name: String) {
        self.name = name
        kind = .memory(bytes, position: 0)
    }

    deinit {
        if case .descriptor(let descriptor, closesAtEnd: true, _) = kind {
            _ = close(descriptor)
        }
    }

    /// Reads at most as many bytes as fit, and waits for at least one.
    ///
    /// - Returns: the number of bytes, 0 at the end.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputError) -> Int {
        switch kind {
        case .memory(let bytes, let position):
            let count = min(buffer.count, bytes.count - position)
            unsafe bytes.withUnsafeBytes {
                unsafe buffer.copyMemory(from: .init(rebasing: $0[position..<position + count]))
            }
            kind = .memory(bytes, position: position + count)
            return count
        case .descriptor(let descriptor, _, let isInterrupted):
            while true {
                if let isInterrupted {
                    // No end of the input: what was read of a record may be a part of it only.
                    while !hasInput(descriptor, within: 200) {
                        if isInterrupted() { throw .cannotRead(name: name, reason: "stopped while waiting for it") }
                    }
                }
                let count = unsafe readOnce(from: descriptor, into: buffer)
                if count >= 0 { return count }
                switch errno {
                case EINTR: continue
                case EAGAIN: _ = hasInput(descriptor, within: -1)
                case let code: throw .cannotRead(name: name, reason: reason(for: code))
                }
            }
        }
    }
}

private func openForReading(_ path: String) throws(InputError) -> Int32 {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotRead(name: path, reason: reason(for: errno)) }
    var status = stat()
    let found = unsafe fstat(descriptor, &status)
    guard found == 0, status.st_mode & S_IFMT != S_IFDIR else {
        let code = found == 0 ? EISDIR : errno
        _ = close(descriptor)
        throw .cannotRead(name: path, reason: reason(for: code))
    }
    return descriptor
}

/// `read(2)`, which has the same name as the method that calls it.
private func readOnce(from descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    unsafe read(descriptor, buffer.baseAddress, buffer.count)
}

/// Waits until a descriptor that somebody else has made non-blocking has something to read. Standard input shares
/// this property with the program at the other end of a terminal or pipe, so it cannot be switched off here.
///
/// - Parameters:
///   - descriptor: what to wait for; an end or an error count as something to read.
///   - milliseconds: how long, -1 for ever.
/// - Returns: whether a read would not wait now.
private func hasInput(_ descriptor: Int32, within milliseconds: Int32) -> Bool {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&waiting, 1, milliseconds) != 0
}

/// The system's text for an error number. On Linux `strerror` uses a buffer of the calling thread (glibc 2.32 and later).
private func reason(for code: Int32) -> String {
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
}
