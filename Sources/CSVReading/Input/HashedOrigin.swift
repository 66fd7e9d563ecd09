/// An origin and the SHA-256 of what was read from it; of a later reading also whether it is what the first one saw.
struct HashedOrigin: ~Copyable {
    private var origin: ByteOrigin
    private var digest = SHA256Digest()
    private let hashes: Bool
    private var seen = InputFingerprint()
    /// Nil until the end was reached.
    private(set) var sha256: String?
    /// What an earlier reading has seen: nothing else is handed out.
    private let expected: InputFingerprint?
    /// Of a later reading: a block that was compared, and what of it was not handed out yet.
    private var block: [UInt8] = []
    private var unused = 0..<0

    /// `hashes`: false for a reading of which nobody asks what it has seen.
    init(_ origin: consuming ByteOrigin, expecting expected: InputFingerprint? = nil, hashes: Bool = true) {
        self.origin = origin
        self.expected = expected
        self.hashes = hashes
    }

    var name: String { origin.name }

    /// What was read, once the end was reached.
    var fingerprint: InputFingerprint? { sha256 == nil ? nil : seen }

    /// Reads at most `limit` bytes, and as many as fit, and waits for at least one.
    ///
    /// - Returns: the number of bytes, 0 at the end, again at each further call.
    mutating func read(
        into buffer: UnsafeMutableRawBufferPointer,
        atMost limit: Int
    ) throws(InputSource.Failure) -> Int {
        let room = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(limit))
        if let expected { return try unsafe readCompared(with: expected, into: room) }
        guard sha256 == nil else { return 0 }
        let count = try unsafe readOrigin(into: room)
        unsafe note(UnsafeRawBufferPointer(rebasing: room[..<count]))
        if count == 0 { finish() }
        return count
    }

    /// The same into a block, behind the first `kept` bytes.
    mutating func read(
        into block: inout [UInt8],
        behind kept: Int = 0,
        atMost limit: Int
    ) throws(InputSource.Failure) -> Int {
        try unsafe block.withUnsafeMutableBufferPointer { block throws(InputSource.Failure) in
            let room = unsafe UnsafeMutableBufferPointer(rebasing: block[kept...])
            return try unsafe read(into: UnsafeMutableRawBufferPointer(room), atMost: limit)
        }
    }

    private mutating func readCompared(
        with expected: InputFingerprint,
        into room: UnsafeMutableRawBufferPointer
    ) throws(InputSource.Failure) -> Int {
        if unused.isEmpty, sha256 == nil { try fillBlock(expected) }
        let count = min(room.count, unused.count)
        unsafe block.withUnsafeBytes { bytes in
            unsafe room.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[unused.prefix(count)]))
        }
        unused = unused.dropFirst(count)
        return count
    }

    /// Reads the next block, no further than the earlier reading, and compares it.
    private mutating func fillBlock(_ expected: InputFingerprint) throws(InputSource.Failure) {
        let size = min(InputFingerprint.blockSize, expected.byteCount - seen.byteCount)
        var block: [UInt8] = []
        swap(&block, &self.block)
        defer { swap(&block, &self.block) }
        if block.count < size { block = [UInt8](repeating: 0, count: size) }
        var count = 0
        while count < size {
            let added = try unsafe block.withUnsafeMutableBufferPointer { block throws(InputSource.Failure) in
                let room = unsafe UnsafeMutableBufferPointer(rebasing: block[count..<size])
                return try unsafe readOrigin(into: UnsafeMutableRawBufferPointer(room))
            }
            guard added > 0 else { throw .changed }
            count += added
        }
        unsafe block.withUnsafeBytes { unsafe note(UnsafeRawBufferPointer(rebasing: $0[..<size])) }
        guard seen.blocks.last == expected.blocks.prefix(seen.blocks.count).last else { throw .changed }
        if seen.byteCount == expected.byteCount {
            finish()
            guard seen == expected else { throw .changed }
        }
        unused = 0..<size
    }

    private mutating func readOrigin(
        into buffer: UnsafeMutableRawBufferPointer
    ) throws(InputSource.Failure) -> Int {
        do throws(InputError) {
            return try unsafe origin.read(into: buffer)
        } catch {
            throw .input(error)
        }
    }

    private mutating func note(_ bytes: UnsafeRawBufferPointer) {
        guard hashes else { return }
        var rest = unsafe bytes[...]
        while unsafe !rest.isEmpty {
            let room = InputFingerprint.blockSize - seen.byteCount % InputFingerprint.blockSize
            let part = unsafe rest.prefix(room)
            unsafe digest.update(with: UnsafeRawBufferPointer(rebasing: part))
            unsafe seen.byteCount += part.count
            if unsafe part.count == room { seen.blocks.append(digest.firstBitsSoFar) }
            unsafe rest = rest.dropFirst(part.count)
        }
    }

    private mutating func finish() {
        seen.sha256 = digest.finish()
        sha256 = seen.sha256
    }
}
