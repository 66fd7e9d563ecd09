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
        let hyphen = UInt8(ascii: "-")
        guard bytes.count == 36, bytes[8] == hyphen, bytes[13] == hyphen, bytes[18] == hyphen, bytes[23] == hyphen
        else { return nil }
        let text = unsafe bytes.bytes
        func four(at index: Int) -> UInt64 {
            unsafe UInt64(UInt32(littleEndian: text.unsafeLoadUnaligned(fromByteOffset: index, as: UInt32.self)))
        }
        func eight(at first: Int, and second: Int) -> UInt64? {
            Self.value(ofDigits: four(at: first) | four(at: second) << 32)
        }
        guard
            let first = eight(at: 0, and: 4), let second = eight(at: 9, and: 14),
            let third = eight(at: 19, and: 24), let fourth = eight(at: 28, and: 32)
        else { return nil }
        high = first << 32 | second
        low = third << 32 | fourth
    }

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The id as PingOne writes it, in lower case.
    package var text: String {
        func digits(_ value: UInt64, _ range: Range<Int>) -> String {
            let all = String(value, radix: 16)
            return String(
                (String(repeating: "0", count: 16 - all.count) + all).dropFirst(range.lowerBound).prefix(range.count)
            )
        }
        return [
            digits(high, 0..<8), digits(high, 8..<12), digits(high, 12..<16), digits(low, 0..<4), digits(low, 4..<16),
        ]
        .joined(separator: "-")
    }

    /// The number that eight hexadecimal digits stand for, the first one in the lowest byte; nil if one of them is none.
    ///
    /// All eight at once: a branch for each would be mispredicted time and again, since ids are random, and that took a
    /// sixth of the time for reading a file. Where all bytes are below 0x80 no sum reaches into the next one, and the
    /// highest bit of each tells whether the byte is at least as large as the limit.
    private static func value(ofDigits text: UInt64) -> UInt64? {
        func everyByte(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }
        func isAtLeast(_ limit: Unicode.Scalar, _ bytes: UInt64) -> UInt64 {
            bytes &+ everyByte(0x80 - UInt8(ascii: limit))
        }
        let small = text | everyByte(0x20)
        let isDigit = isAtLeast("0", text) & ~isAtLeast(":", text)
        let isLetter = isAtLeast("a", small) & ~isAtLeast("g", small)
        guard (isDigit | isLetter) & ~text & everyByte(0x80) == everyByte(0x80) else { return nil }
        // The lower half of the byte is the digit's value; a letter's, told by the bit 0x40, is 9 more than that.
        var value = ((text & everyByte(0x0F)) &+ (text >> 6 & everyByte(1)) &* 9).byteSwapped
        value = (value | value >> 4) & 0x00FF_00FF_00FF_00FF
        value = (value | value >> 8) & 0x0000_FFFF_0000_FFFF
        return (value | value >> 16) & 0xFFFF_FFFF
    }
}
