/// The 128 bits of a UUID's text, so that two spellings of one id compare equal without allocating.
///
/// Source: RFC 9562, section 4: 8-4-4-4-12 hexadecimal digits, in upper or lower case. Braces, a `urn:uuid:` prefix
/// and missing hyphens are refused: PingOne's ids never have them.
package struct UUIDText: Sendable, Hashable {
    package let high: UInt64
    package let low: UInt64

    package init?(_ text: String) {
        self.init(Array(text.utf8).span)
    }

    package init?(_ bytes: Span<UInt8>) {
        guard bytes.count == 36 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for index in 0..<36 {
            let byte = bytes[index]
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = Self.digit(byte) else { return nil }
            if index < 18 { high = high << 4 | digit } else { low = low << 4 | digit }
        }
        self.high = high
        self.low = low
    }

    private static func digit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
