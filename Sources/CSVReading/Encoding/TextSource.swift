/// The text of an input as UTF-8, whatever its encoding is: a byte order mark says so, else it is as declared.
///
/// UTF-8 passes as it is, and whoever reads it checks it. Blocking; for one thread at a time.
struct TextSource: ~Copyable {
    /// More than the longest mark of a foreign format needs: that of a tar file stands at byte 257.
    private static let headSize = 512

    private var source: InputSource
    private(set) var encoding: TextEncoding
    /// Whether the encoding is known for certain: the first bytes were looked at.
    private var hasBegun = false
    /// Nil for UTF-8.
    private var transcoder: Transcoder?
    /// What was read and not converted yet: `raw[unread]`.
    private var raw: [UInt8] = []
    private var unread = 0..<0
    private var isAtEnd = false
    /// The first bytes as they are, inflated but not converted.
    private(set) var head: [UInt8] = []

    init(_ source: consuming InputSource, encoding: TextEncoding) {
        self.source = source
        self.encoding = encoding
    }

    var name: String { source.name }
    var sha256: String? { source.sha256 }
    var fingerprint: InputFingerprint? { source.fingerprint }
    var isGzip: Bool { source.isGzip }

    /// Fills `buffer`, at least 16 bytes, or a part of it, and waits for at least one byte.
    ///
    /// - Returns: the number of bytes, 0 at the end.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputSource.Failure) -> Int {
        if !hasBegun {
            let count = try unsafe begin(into: buffer)
            if transcoder == nil { return count }
        }
        guard transcoder != nil else {
            let count = try unsafe source.read(into: buffer)
            if head.count < Self.headSize { unsafe keepHead(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
            return count
        }
        return try unsafe convert(into: buffer)
    }

    /// Reads enough to see a byte order mark.
    ///
    /// - Returns: the bytes in `buffer` where they are UTF-8; else they wait to be converted.
    private mutating func begin(into buffer: UnsafeMutableRawBufferPointer) throws(InputSource.Failure) -> Int {
        hasBegun = true
        var count = 0
        while count < 4, unsafe ByteOrderMark.mayContinue(buffer[..<count]) {
            let added = try unsafe source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
            if added == 0 { break }
            count += added
        }
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<count])
        unsafe keepHead(bytes)
        let mark = unsafe ByteOrderMark(bytes.prefix(4))
        encoding = mark?.encoding ?? encoding
        guard encoding != .utf8 else { return count }
        guard let transcoder = Transcoder(from: encoding.name) else {
            preconditionFailure("iconv knew \(encoding.name) before")
        }
        self.transcoder = consume transcoder
        raw = [UInt8](repeating: 0, count: 1 << 16)
        let start = mark?.length ?? 0
        unsafe raw.replaceSubrange(0..<count - start, with: bytes[start...])
        unread = 0..<count - start
        return 0
    }

    private mutating func convert(into buffer: UnsafeMutableRawBufferPointer) throws(InputSource.Failure) -> Int {
        while true {
            let unread = unread
            let converted = unsafe raw.withUnsafeMutableBytes { raw in
                unsafe transcoder?.convert(UnsafeMutableRawBufferPointer(rebasing: raw[unread]), into: buffer)
            }
            guard let (taken, written, outcome) = converted else { preconditionFailure("nothing to convert with") }
            self.unread = unread.dropFirst(taken)
            if written > 0 { return written }
            switch outcome {
            case .unfit: throw .unfitText
            case .wantsRoom: preconditionFailure("no room for one character in \(buffer.count) bytes")
            case .wantsInput where isAtEnd: return 0
            case .wantsInput: try readRaw()
            }
            guard isAtEnd else { continue }
            if !self.unread.isEmpty { throw .unfitText }
            return unsafe transcoder?.finish(into: buffer) ?? 0
        }
    }

    /// Reads the next bytes behind those that wait, at most the beginning of one character.
    private mutating func readRaw() throws(InputSource.Failure) {
        let kept = unread.count
        for offset in 0..<kept { raw[offset] = raw[unread.lowerBound + offset] }
        let added = try unsafe raw.withUnsafeMutableBufferPointer { raw throws(InputSource.Failure) in
            let room = unsafe UnsafeMutableBufferPointer(rebasing: raw[kept...])
            return try unsafe source.read(into: UnsafeMutableRawBufferPointer(room))
        }
        if head.count < Self.headSize {
            unsafe raw.withUnsafeBytes { unsafe keepHead(UnsafeRawBufferPointer(rebasing: $0[kept..<kept + added])) }
        }
        isAtEnd = added == 0
        unread = 0..<kept + added
    }

    private mutating func keepHead(_ bytes: UnsafeRawBufferPointer) {
        unsafe head.append(contentsOf: bytes.prefix(max(0, Self.headSize - head.count)))
    }
}
