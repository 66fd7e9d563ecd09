/// Writes JSON text byte by byte: no reordering, no escaping beyond what RFC 8259 section 7 asks for.
package enum JSONText {
    /// Appends `text` in quotes. `"`, `\` and the control characters below U+0020 are escaped; everything else,
    /// `/` and emoji included, goes out as the UTF-8 it is.
    package static func appendString(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { text in  // the string's own iterator takes several times as long
            var position = 0
            while position < text.count {
                let end = unsafe plainASCIIEnd(in: text, from: position)
                unsafe bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[position..<end]))
                if end < text.count { appendEscaped(unsafe text[end], to: &bytes) }
                position = end + 1
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends what stands between two values, as it is.
    package static func append(_ text: StaticString, to bytes: inout [UInt8]) {
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private static func appendEscaped(_ byte: UInt8, to bytes: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(byte)
        case 0x0A: append("\\n", to: &bytes)
        case 0x0D: append("\\r", to: &bytes)
        case 0x09: append("\\t", to: &bytes)
        case 0x08: append("\\b", to: &bytes)
        case 0x0C: append("\\f", to: &bytes)
        case ..<0x20:
            append("\\u00", to: &bytes)
            bytes.append(hexDigit(byte >> 4))
            bytes.append(hexDigit(byte & 0xF))
        default: bytes.append(byte)
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}

extension JSONValue {
    /// The document as JSON text on one line, members in their order.
    package var text: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func append(to bytes: inout [UInt8]) {
        switch self {
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                JSONText.appendString(member.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                value.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .string(let text): JSONText.appendString(text, to: &bytes)
        case .number(let text): bytes.append(contentsOf: text.utf8)
        case .boolean(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .null: bytes.append(contentsOf: "null".utf8)
        }
    }

    package init(_ number: some BinaryInteger) {
        self = .number(String(number))
    }

    /// The text, or null.
    package init(_ text: String?) {
        self = text.map { .string($0) } ?? .null
    }

    package init(_ number: Int?) {
        self = number.map { .number(String($0)) } ?? .null
    }

    /// An object with these members, in this order.
    package static func object(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
        .object(members.map { Member(name: $0.key, value: $0.value) })
    }
}
