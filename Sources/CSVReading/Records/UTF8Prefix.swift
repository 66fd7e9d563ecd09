/// How much of some bytes is UTF-8, judged strictly: no overlong forms, no surrogates, nothing above U+10FFFF.
struct UTF8Prefix: Equatable {
    enum Rest: Equatable {
        case nothing
        /// The beginning of a character, at most 3 bytes, that further bytes may complete.
        case cutCharacter
        case malformed
    }

    /// The bytes before this index are whole characters.
    var end: Int
    /// What stands at `end`.
    var rest: Rest

    /// Examines `bytes[range]`, which begins with a whole character. Eight ASCII bytes are taken at once.
    init(of bytes: [UInt8], in range: Range<Int>) {
        precondition(range.upperBound <= bytes.count, "\(range) is not within \(bytes.count) bytes")
        self = unsafe bytes.withUnsafeBytes { unsafe UTF8Prefix(of: $0, in: range) }
    }

    private init(of bytes: UnsafeRawBufferPointer, in range: Range<Int>) {
        end = range.lowerBound
        rest = .nothing
        while end < range.upperBound {
            while end + 8 <= range.upperBound,
                unsafe bytes.loadUnaligned(fromByteOffset: end, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            {
                end += 8
            }
            guard end < range.upperBound else { return }
            let lead = unsafe bytes[end]
            if lead < 0x80 {
                end += 1
                continue
            }
            guard let form = MultibyteForm(lead: lead) else {
                rest = .malformed
                return
            }
            for offset in 1..<form.length {
                guard end + offset < range.upperBound else {
                    rest = .cutCharacter
                    return
                }
                let allowed = offset == 1 ? form.second : 0x80...0xBF
                guard unsafe allowed.contains(bytes[end + offset]) else {
                    rest = .malformed
                    return
                }
            }
            end += form.length
        }
    }
}

/// What must follow a first byte from 0x80 on.
/// Source: The Unicode Standard, table 3-7, "Well-Formed UTF-8 Byte Sequences".
private struct MultibyteForm {
    let length: Int
    let second: ClosedRange<UInt8>

    init?(lead: UInt8) {
        switch lead {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return nil
        }
    }
}

/// The characters (Unicode scalars) in `bytes[range]`, counted by the bytes that do not continue one.
func characterCount(of bytes: [UInt8], in range: Range<Int>) -> Int {
    var count = 0
    for index in range where bytes[index] & 0xC0 != 0x80 { count += 1 }
    return count
}
