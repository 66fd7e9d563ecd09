/// The byte that separates fields: an ASCII character other than NUL, quote, space, CR and LF, which have a meaning
/// of their own.
package struct CSVDelimiter: Sendable, Equatable {
    package static let comma = CSVDelimiter(unchecked: UInt8(ascii: ","))
    package static let tab = CSVDelimiter(unchecked: UInt8(ascii: "\t"))

    /// Those that a header is tried with.
    package static let common = [
        comma, CSVDelimiter(unchecked: UInt8(ascii: ";")), tab, CSVDelimiter(unchecked: UInt8(ascii: "|")),
    ]

    package let byte: UInt8

    /// Nil when `byte` cannot separate fields.
    package init?(_ byte: UInt8) {
        switch byte {
        case 0, UInt8(ascii: "\""), UInt8(ascii: " "), UInt8(ascii: "\r"), UInt8(ascii: "\n"), 0x80...: return nil
        default: self.byte = byte
        }
    }

    /// What the line `sep=X`, quoted or not, names; nil for any other line. `line`: without its line break.
    init?(separatorLine line: some BidirectionalCollection<UInt8>) {
        let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") }
        var text = Array(line.drop(while: isBlank))
        while let last = text.last, isBlank(last) { text.removeLast() }
        let quote = UInt8(ascii: "\"")
        if text.count > 2, text.first == quote, text.last == quote { text = Array(text.dropFirst().dropLast()) }
        guard text.count == 5, String(decoding: text.dropLast(), as: UTF8.self).lowercased() == "sep=" else {
            return nil
        }
        self.init(text[4])
    }

    private init(unchecked byte: UInt8) {
        self.byte = byte
    }
}
