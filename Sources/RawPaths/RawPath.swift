/// Paths whose bytes are not UTF-8, such as names that an old system has made, as text.
///
/// Swift's text is Unicode, so each byte that fits no UTF-8 stands in it as one character from the end of the last private
/// plane, U+10FF80 to U+10FFFF: in messages as `\\xfc`, for the system as the byte that it is.
package enum RawPath {
    private static let firstScalar: UInt32 = 0x10FF00

    /// The text for a row of bytes, such as an argument of the command line.
    package static func text(_ bytes: some Sequence<UInt8>) -> String {
        var text = String.UnicodeScalarView()
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            var parser = UTF8.ForwardParser()
            var input = rest.makeIterator()
            if case .valid(let character) = parser.parseScalar(from: &input), byte(UTF8.decode(character)) == nil {
                text.append(UTF8.decode(character))
                rest = rest.dropFirst(character.count)
            } else {
                text.append(Unicode.Scalar(firstScalar + UInt32(rest.removeFirst())) ?? "\u{FFFD}")
            }
        }
        return String(text)
    }

    /// The text for what C gives, ended by a zero.
    package static func text(cString: UnsafePointer<CChar>) -> String {
        var bytes: [UInt8] = []
        while unsafe cString[bytes.count] != 0 { bytes.append(UInt8(bitPattern: unsafe cString[bytes.count])) }
        return text(bytes)
    }

    /// The byte that a character stands for; nil for all others.
    package static func byte(_ scalar: Unicode.Scalar) -> UInt8? {
        scalar.value >= firstScalar + 0x80 ? UInt8(scalar.value - firstScalar) : nil
    }

    /// The path as messages show it.
    ///
    /// `backslash`: how one is written where the text goes.
    package static func shown(_ path: String, backslash: String = "\\") -> String {
        guard path.unicodeScalars.contains(where: { byte($0) != nil }) else { return path }
        return path.unicodeScalars.reduce(into: "") { shown, scalar in
            if let byte = byte(scalar) {
                shown += "\(backslash)x\(String(byte, radix: 16))"
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
    }
}

extension String {
    /// The path's bytes as the system knows them, with the zero that ends them.
    package var pathBytes: [CChar] {
        var bytes: [CChar] = []
        for scalar in unicodeScalars {
            if let byte = RawPath.byte(scalar) {
                bytes.append(CChar(bitPattern: byte))
            } else {
                bytes += UTF8.encode(scalar)?.map { CChar(bitPattern: $0) } ?? []
            }
        }
        return bytes + [0]
    }

    /// Whether the path has bytes that are not UTF-8.
    package var isRawPath: Bool { unicodeScalars.contains { RawPath.byte($0) != nil } }
}
