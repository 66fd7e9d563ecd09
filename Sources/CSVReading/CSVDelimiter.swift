/// The byte that separates fields: an ASCII character other than NUL, quote, space, CR and LF, which have a meaning
/// of their own.
package struct CSVDelimiter: Sendable, Equatable {
    package static let comma = CSVDelimiter(unchecked: UInt8(ascii: ","))
    package static let tab = CSVDelimiter(unchecked: UInt8(ascii: "\t"))

    package let byte: UInt8

    /// Nil when `byte` cannot separate fields.
    package init?(_ byte: UInt8) {
        switch byte {
        case 0, UInt8(ascii: "\""), UInt8(ascii: " "), UInt8(ascii: "\r"), UInt8(ascii: "\n"), 0x80...: return nil
        default: self.byte = byte
        }
    }

    private init(unchecked byte: UInt8) {
        self.byte = byte
    }
}
