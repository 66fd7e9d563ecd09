/// Cuts an input into physical lines and parts of lines, all of them valid UTF-8, in one buffer of fixed size.
///
/// A character or a CRLF that a block cuts apart waits for the next block. A byte order mark at the start is dropped.
struct LineCutter: ~Copyable {
    enum Step: Equatable {
        /// A line with its line break, or a part of a line; `range` is where it stands in `text`.
        case piece(Range<Int>, endsLine: Bool)
        /// There is no further piece.
        case end(End)
    }

    enum End: Equatable {
        case endOfInput
        case invalidUTF8
        case failure(InputSource.Failure)
    }

    private var source: TextSource
    /// What the pieces' ranges point into.
    private(set) var text = [UInt8](repeating: 0, count: 1 << 16)
    /// Bytes of `text` that hold something.
    private var count = 0
    /// Bytes of `text` that are valid UTF-8.
    private var validEnd = 0
    /// What was not handed out begins here.
    private var start = 0
    /// The next LF and CR from `start` on, `Int.max` if there is none; out of date when before `start`.
    private var nextLF = 0
    private var nextCR = 0
    /// What comes when the text is used up, once it is known.
    private var end: End?
    private var isAtStartOfInput = true

    init(_ source: consuming InputSource, encoding: TextEncoding = .utf8) {
        self.source = TextSource(source, encoding: encoding)
    }

    var name: String { source.name }
    var sha256: String? { source.sha256 }
    var fingerprint: InputFingerprint? { source.fingerprint }
    var isGzip: Bool { source.isGzip }
    var encoding: TextEncoding { source.encoding }
    var head: [UInt8] { source.head }

    /// Whether the last piece was the last one of the input.
    var isUsedUp: Bool { end != nil && start == validEnd }

    /// Whether no complete line is left in the text.
    var mayBlock: Bool { end == nil && !text[start..<validEnd].contains(UInt8(ascii: "\n")) }

    /// The next line or part of a line, at most `limit` bytes long, or the end, again at each further call. Blocks
    /// while there is neither.
    mutating func next(atMost limit: Int) -> Step {
        while true {
            if let piece = cut(atMost: limit) { return piece }
            if let end { return .end(end) }
            refill()
        }
    }

    /// The text that was not handed out yet, with more of it until `isEnough` is true, as far as the buffer reaches.
    mutating func peek(until isEnough: (ArraySlice<UInt8>) -> Bool) -> ArraySlice<UInt8> {
        while end == nil, count - start < text.count - 16, !isEnough(text[start..<validEnd]) { refill() }
        return text[start..<validEnd]
    }

    private mutating func cut(atMost limit: Int) -> Step? {
        guard start < validEnd else { return nil }
        if nextLF < start { nextLF = firstIndex(of: UInt8(ascii: "\n"), in: text, start..<validEnd) ?? .max }
        if nextCR < start { nextCR = firstIndex(of: UInt8(ascii: "\r"), in: text, start..<validEnd) ?? .max }
        let lineBreak = min(nextLF, nextCR)
        var pieceEnd = min(lineBreak, validEnd)
        // The next block may begin with the LF of a CR that is the last byte of this one.
        var endsLine = lineBreak < validEnd && !(lineBreak == nextCR && lineBreak == count - 1 && end == nil)
        if endsLine {
            pieceEnd += nextCR == nextLF - 1 ? 2 : 1
        }
        if pieceEnd - start > limit {
            pieceEnd = start + limit
            endsLine = false
        }
        guard start < pieceEnd else { return nil }
        // Whoever sees a byte order mark wants to know what comes behind it.
        if !endsLine, end == nil, text[start..<pieceEnd].elementsEqual([0xEF, 0xBB, 0xBF]), limit > 3 { return nil }
        defer { start = pieceEnd }
        return .piece(start..<pieceEnd, endsLine: endsLine)
    }

    /// Moves what waits, at most 3 bytes but for a ``peek(until:)``, to the front of the buffer and reads the next block behind it.
    private mutating func refill() {
        let waiting = count - start
        for offset in 0..<waiting { text[offset] = text[start + offset] }
        (start, validEnd, count) = (0, 0, waiting)
        do throws(InputSource.Failure) {
            let added = try unsafe text.withUnsafeMutableBufferPointer { text throws(InputSource.Failure) in
                let room = unsafe UnsafeMutableBufferPointer(rebasing: text[waiting...])
                return try unsafe source.read(into: UnsafeMutableRawBufferPointer(room))
            }
            count += added
            if added == 0 { end = .endOfInput }
        } catch {
            end = .failure(error)
        }
        validate()
        (nextLF, nextCR) = (-1, -1)
    }

    private mutating func validate() {
        let prefix = UTF8Prefix(of: text, in: 0..<count)
        validEnd = prefix.end
        if prefix.rest == .malformed || (prefix.rest == .cutCharacter && end == .endOfInput) {
            end = .invalidUTF8
        }
        if isAtStartOfInput, validEnd > 0 {
            isAtStartOfInput = false
            if text[..<validEnd].starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
        }
    }
}
