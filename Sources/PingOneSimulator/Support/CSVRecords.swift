/// The records of a CSV text (RFC 4180): cells between commas or another separator, quotes around these and line breaks,
/// `""` for a quote.
///
/// Forgiving, for it reads what a person wrote for a rehearsal: spaces around cells do not count unless they are
/// quoted, a lone CR ends a line as well, text after a closing quote is passed over, and a quote that is never closed
/// reaches to the end of the text.
struct CSVRecords: Sequence, IteratorProtocol {
    private let bytes: [UInt8]
    private let separator: UInt8
    private var position: Int

    /// - Parameters:
    ///   - text: UTF-8, with or without a byte order mark.
    ///   - separator: what stands between cells.
    init(_ text: some Sequence<UInt8>, separator: UInt8 = UInt8(ascii: ",")) {
        bytes = Array(text)
        self.separator = separator
        position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// The cells of the next line that is not empty; at least one.
    mutating func next() -> [String]? {
        while position < bytes.count {
            let record = readLine()
            if record != [""] { return record }
        }
        return nil
    }

    private mutating func readLine() -> [String] {
        var record: [String] = []
        while true {
            record.append(readCell())
            let isLast = position == bytes.count || bytes[position] != separator
            position = Swift.min(position + 1, bytes.count)
            if isLast { return record }
        }
    }

    /// Reads up to the comma or line break after the cell.
    private mutating func readCell() -> String {
        while position < bytes.count, bytes[position] == Self.space { position += 1 }
        if position < bytes.count, bytes[position] == Self.quote {
            let text = readQuoted()
            skipToSeparator()
            return text
        }
        let start = position
        skipToSeparator()
        var end = position
        while end > start, bytes[end - 1] == Self.space { end -= 1 }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private mutating func skipToSeparator() {
        while position < bytes.count {
            let byte = bytes[position]
            if byte == separator || byte == Self.lineFeed || byte == Self.carriageReturn { return }
            position += 1
        }
    }

    private mutating func readQuoted() -> String {
        var text: [UInt8] = []
        position += 1
        var start = position
        while position < bytes.count {
            if bytes[position] == Self.quote {
                text += bytes[start..<position]
                position += 1
                guard position < bytes.count, bytes[position] == Self.quote else {
                    return String(decoding: text, as: UTF8.self)
                }
                start = position
            }
            position += 1
        }
        return String(decoding: text + bytes[start...], as: UTF8.self)
    }

    private static let quote = UInt8(ascii: "\"")
    private static let space = UInt8(ascii: " ")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
}
