import Glibc

/// Makes UTF-8 of another encoding, piece by piece. Owns one descriptor of iconv(3); for one thread at a time.
@safe struct Transcoder: ~Copyable {
    enum Outcome: Equatable {
        /// All was taken, but for the beginning of a character that further bytes may complete.
        case wantsInput
        case wantsRoom
        /// The next bytes do not fit the encoding.
        case unfit
    }

    private let converter: iconv_t

    /// Nil for an encoding that iconv does not know on this machine.
    init?(from encoding: String) {
        let opened = unsafe iconv_open("UTF-8", encoding)
        guard let opened = unsafe opened, Int(bitPattern: opened) != -1 else { return nil }
        unsafe converter = opened
    }

    deinit {
        _ = unsafe iconv_close(converter)
    }

    /// - Returns: how many bytes of `input` were taken and how many were written, and why not more.
    mutating func convert(
        _ input: UnsafeMutableRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) -> (taken: Int, written: Int, outcome: Outcome) {
        var from = unsafe input.baseAddress?.assumingMemoryBound(to: CChar.self)
        var to = unsafe output.baseAddress?.assumingMemoryBound(to: CChar.self)
        var (unread, room) = (input.count, output.count)
        let status = unsafe iconv(converter, &from, &unread, &to, &room)
        let outcome: Outcome =
            switch status == .max ? errno : 0 {
            case E2BIG: .wantsRoom
            case EILSEQ: .unfit
            default: .wantsInput
            }
        return (input.count - unread, output.count - room, outcome)
    }

    /// Writes what was held back at the end of the input: some encodings compose characters of two.
    mutating func finish(into output: UnsafeMutableRawBufferPointer) -> Int {
        var to = unsafe output.baseAddress?.assumingMemoryBound(to: CChar.self)
        var room = output.count
        _ = unsafe iconv(converter, nil, nil, &to, &room)
        return output.count - room
    }
}
