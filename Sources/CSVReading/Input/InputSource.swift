/// The bytes of one input, inflated if they are gzip, with the SHA-256 of what the file holds.
///
/// gzip is recognised by its first two bytes, 1f 8b, not by the name. As gzip itself does, it takes several members
/// one after the other and ignores zeros behind the last one; anything else behind it is damage.
/// Reads in blocks of 64 KiB and holds no more than one of them. Blocking; for one thread at a time.
package struct InputSource: ~Copyable {
    /// What went wrong, before it is known after which line.
    enum Failure: Error, Equatable {
        case input(InputError)
        case damagedGzip
        /// Bytes that do not fit the encoding of the text.
        case unfitText
        /// Not what an earlier reading has seen.
        case changed
    }

    private enum Encoding {
        case unknown
        case plain
        case insideMember
        case betweenMembers
        case padding
    }

    private var origin: HashedOrigin
    /// At most so many bytes at a time are asked of `origin`.
    private let blockSize: Int
    private var block: [UInt8]
    /// The part of `block` that was read and not used yet.
    private var unused = 0..<0
    private var encoding = Encoding.unknown
    private var inflater = GzipInflater()

    /// SHA-256 over all bytes as the input holds them, before inflating, as 64 hexadecimal digits. Nil until the end
    /// of the input was reached.
    var sha256: String? { origin.sha256 }

    /// What was read, once the end was reached.
    var fingerprint: InputFingerprint? { origin.fingerprint }

    /// Whether the input is inflated. Known after the first ``read(into:)``.
    var isGzip: Bool { encoding != .unknown && encoding != .plain }

    /// The path as it was given, or "standard input".
    package var name: String { origin.name }

    /// Opens a file, a named pipe or a device.
    ///
    /// - Throws: `InputError.cannotRead` when there is none, when it may not be read or when it is a directory.
    package init(path: String) throws(InputError) {
        self.init(origin: HashedOrigin(try ByteOrigin(path: path)))
    }

    /// Reads from a descriptor that stays open afterwards.
    ///
    /// - Parameters:
    ///   - descriptor: open for reading.
    ///   - name: for messages.
    ///   - isInterrupted: asked a few times a second while there is nothing to read; when true, reading fails.
    ///   - expected: what an earlier reading has seen. Reads no further than that one, and fails before anything of a
    ///     part is handed out that is not the same; needs 1 MiB for that.
    ///   - hashes: whether ``sha256`` and ``fingerprint`` are wanted.
    package init(
        descriptor: Int32,
        name: String,
        isInterrupted: (() -> Bool)? = nil,
        expecting expected: InputFingerprint? = nil,
        hashes: Bool = true
    ) {
        let origin = ByteOrigin(descriptor: descriptor, name: name, closesAtEnd: false, isInterrupted: isInterrupted)
        self.init(origin: HashedOrigin(origin, expecting: expected, hashes: hashes))
    }

    /// Reads from memory in blocks of `blockSize` bytes, at least 1. Where the blocks end never shows in the result.
    package init(
        bytes: [UInt8],
        name: String,
        blockSize: Int = 1 << 16,
        expecting expected: InputFingerprint? = nil
    ) {
        self.init(origin: HashedOrigin(ByteOrigin(bytes: bytes, name: name), expecting: expected), blockSize: blockSize)
    }

    private init(origin: consuming HashedOrigin, blockSize: Int = 1 << 16) {
        precondition(blockSize >= 1, "a block of \(blockSize) bytes")
        self.origin = origin
        block = Array(repeating: 0, count: max(blockSize, 2))
        self.blockSize = blockSize
    }

    /// Reads all bytes for their digest only: nothing is inflated or handed out. To be called instead of every other
    /// reading.
    ///
    /// - Parameter progress: told after each block how many bytes were read so far.
    /// - Returns: what ``sha256`` is after a reading to the end.
    /// - Throws: `InputError.cannotRead`.
    package consuming func readDigest(progress: (Int) -> Void) throws(InputError) -> String {
        precondition(encoding == .unknown, "\(name) was read from before its digest was asked for")
        var bytes = 0
        while true {
            do throws(Failure) {
                bytes += try origin.read(into: &block, atMost: blockSize)
            } catch {
                guard case .input(let error) = error else { preconditionFailure("nothing was expected of \(name)") }
                throw error
            }
            if let sha256 { return sha256 }
            progress(bytes)
        }
    }

    /// Fills `buffer`, or a part of it, and waits for at least one byte.
    ///
    /// - Returns: the number of bytes, 0 at the end.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        if encoding == .unknown { try recogniseEncoding() }
        while true {
            if unused.isEmpty {
                // What needs no inflating goes where it is wanted at once.
                if encoding == .plain { return try unsafe origin.read(into: buffer, atMost: blockSize) }
                // zlib may have more to give than there was room for in the last call.
                let pending = encoding == .insideMember ? try unsafe inflate(into: buffer) : 0
                if pending > 0 { return pending }
                try readBlock()
                if unused.isEmpty {
                    guard encoding != .insideMember else { throw .damagedGzip }
                    return 0
                }
            }
            let count: Int
            switch encoding {
            case .unknown, .plain: count = unsafe copy(into: buffer)
            case .insideMember: count = try unsafe inflate(into: buffer)
            case .betweenMembers:
                count = 0
                try beginAfterMember()
            case .padding:
                count = 0
                guard block[unused].allSatisfy({ $0 == 0 }) else { throw .damagedGzip }
                unused = 0..<0
            }
            if count > 0 { return count }
        }
    }

    /// Looks at the first two bytes, which may come in two reads.
    private mutating func recogniseEncoding() throws(Failure) {
        try readBlock()
        if unused.count == 1 { try readBlock(behind: 1) }
        encoding = block[unused].starts(with: [0x1f, 0x8b]) ? .insideMember : .plain
    }

    /// Reads the next block, or appends it to the `kept` bytes at the start; at the end it is empty.
    private mutating func readBlock(behind kept: Int = 0) throws(Failure) {
        unused = 0..<kept + (try origin.read(into: &block, behind: kept, atMost: blockSize))
    }

    private mutating func copy(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, unused.count)
        unsafe block.withUnsafeBytes { bytes in
            unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[unused.prefix(count)]))
        }
        unused = unused.dropFirst(count)
        return count
    }

    private mutating func inflate(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        let (consumed, produced, outcome) = unsafe block.withUnsafeMutableBytes { bytes in
            unsafe inflater.inflate(UnsafeMutableRawBufferPointer(rebasing: bytes[unused]), into: buffer)
        }
        unused = unused.dropFirst(consumed)
        switch outcome {
        case .unfinished: break
        case .memberEnded: encoding = .betweenMembers
        case .damaged:
            // What zlib produced before the damage counts; the next call meets the damage again.
            guard produced > 0 else { throw .damagedGzip }
        }
        return produced
    }

    /// Decides by one byte what follows a member: another one, or zeros up to the end.
    private mutating func beginAfterMember() throws(Failure) {
        switch block[unused.lowerBound] {
        case 0x1f:
            inflater.startNextMember()
            encoding = .insideMember
        case 0: encoding = .padding
        default: throw .damagedGzip
        }
    }
}
