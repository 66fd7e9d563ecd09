/// A UUID in 16 bytes, read without regard to case and written in lower case, as PingOne writes its ids.
///
/// Two words rather than a text: a rehearsal may hold millions of links.
struct ResourceID: Hashable, Sendable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A random UUID, version 4, variant 1 (RFC 9562).
    init(using random: inout some RandomNumberGenerator) {
        high = random.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        low = random.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    }

    /// Nil unless `text` has the form 8-4-4-4-12 in hexadecimal digits.
    init?(_ text: some StringProtocol) {
        var words: (UInt64, UInt64) = (0, 0)
        var position = 0
        for byte in text.utf8 {
            if Self.hyphens.contains(position) {
                guard byte == UInt8(ascii: "-") else { return nil }
            } else {
                guard let digit = Self.value(ofHexDigit: byte) else { return nil }
                words = (words.0 << 4 | words.1 >> 60, words.1 << 4 | digit)
            }
            position += 1
            guard position <= 36 else { return nil }
        }
        guard position == 36 else { return nil }
        (high, low) = words
    }

    var description: String {
        unsafe String(unsafeUninitializedCapacity: 36) { bytes in
            var digit = 0
            for position in 0..<36 {
                if Self.hyphens.contains(position) {
                    unsafe bytes[position] = UInt8(ascii: "-")
                    continue
                }
                let word = digit < 16 ? high : low
                let nibble = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (digit % 16))) & 0x0F
                unsafe bytes[position] = nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
                digit += 1
            }
            return 36
        }
    }

    private static let hyphens = [8, 13, 18, 23]

    private static func value(ofHexDigit byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
