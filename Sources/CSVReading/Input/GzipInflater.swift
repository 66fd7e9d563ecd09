import CZlib

/// Inflates gzip members, one after the other, and verifies each one's checksum and length.
///
/// Owns one zlib stream; for one thread at a time.
@safe struct GzipInflater: ~Copyable {
    enum Outcome: Equatable {
        /// More input, or more room for output, and it goes on.
        case unfinished
        /// The member is complete and its checksum is right; what was not consumed lies behind it.
        case memberEnded
        /// This is not gzip, or its checksum is wrong.
        case damaged
    }

    private let stream: UnsafeMutablePointer<z_stream>

    init() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let status = unsafe pinglink_inflate_init_gzip(stream)
        precondition(status == Z_OK, "zlib could not start, status \(status)")
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Inflates as much of `input` as fits into `output`. Both are read or written only during the call.
    mutating func inflate(
        _ input: UnsafeMutableRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) -> (consumed: Int, produced: Int, outcome: Outcome) {
        unsafe stream.pointee.next_in = input.bindMemory(to: UInt8.self).baseAddress
        unsafe stream.pointee.avail_in = UInt32(input.count)
        unsafe stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
        unsafe stream.pointee.avail_out = UInt32(output.count)
        let status = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
        let consumed = unsafe input.count - Int(stream.pointee.avail_in)
        let produced = unsafe output.count - Int(stream.pointee.avail_out)
        let outcome: Outcome =
            switch status {
            case Z_OK, Z_BUF_ERROR: .unfinished
            case Z_STREAM_END: .memberEnded
            case Z_MEM_ERROR: preconditionFailure("zlib: out of memory")
            default: .damaged
            }
        return (consumed, produced, outcome)
    }

    /// Makes ready for the next member of the same file.
    mutating func startNextMember() {
        let status = unsafe inflateReset(stream)
        precondition(status == Z_OK, "zlib could not start again, status \(status)")
    }
}
