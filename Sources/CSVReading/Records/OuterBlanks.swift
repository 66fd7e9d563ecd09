/// White space, and the characters that nobody sees: around an id and a column's name they are no part of it.
package enum OuterBlanks {
    /// Characters without a picture of their own that are no white space, or not for everybody.
    package static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xFEFF, 0xA0, 0x200B...0x200D, 0x2060, 0xAD: true
        default: false
        }
    }

    /// What stays of `text`, valid UTF-8, without them at its ends. Fast where there are none.
    package static func trimmed(_ text: Span<UInt8>) -> Range<Int> {
        var (start, end) = (0, text.count)
        while start < end, text[start] <= 0x20 || text[start] >= 0x7F {
            let length = length(of: text[start])
            guard start + length <= end, drops(text, start..<start + length) else { break }
            start += length
        }
        while start < end, text[end - 1] <= 0x20 || text[end - 1] >= 0x7F {
            var first = end - 1
            while first > start, text[first] & 0xC0 == 0x80 { first -= 1 }
            guard drops(text, first..<end) else { break }
            end = first
        }
        return start..<end
    }

    /// `text` without them at its ends.
    package static func trimmed(_ text: String) -> String {
        var text = text
        return text.withUTF8 { bytes in
            let range = trimmed(unsafe bytes.span)
            return unsafe String(decoding: bytes[range], as: UTF8.self)
        }
    }

    /// `text` with each invisible character, where it stands, as `\u{FEFF}`.
    package static func shown(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isInvisible) else { return text }
        var shown = ""
        for scalar in text.unicodeScalars {
            if isInvisible(scalar) {
                shown += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    private static func length(of lead: UInt8) -> Int {
        switch lead {
        case ..<0x80: 1
        case ..<0xE0: 2
        case ..<0xF0: 3
        default: 4
        }
    }

    private static func drops(_ text: Span<UInt8>, _ character: Range<Int>) -> Bool {
        var value: UInt32
        switch character.count {
        case 1: value = UInt32(text[character.lowerBound])
        case 2: value = UInt32(text[character.lowerBound] & 0x1F)
        case 3: value = UInt32(text[character.lowerBound] & 0x0F)
        default: return false
        }
        for index in character.dropFirst() { value = value << 6 | UInt32(text[index] & 0x3F) }
        guard let scalar = Unicode.Scalar(value) else { return false }
        return scalar.properties.isWhitespace || isInvisible(scalar)
    }
}
