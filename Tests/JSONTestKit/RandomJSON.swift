package import JSON
import SeededRandom

/// A random document and a random way to write it, for tests that read it back.
package struct RandomJSON {
    private var random: SplitMix64

    package init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    private static let scalars: [Unicode.Scalar] = [
        "a", "Z", "0", " ", "/", "\"", "\\", "\u{0}", "\u{1}", "\u{8}", "\t", "\n", "\u{C}", "\r", "\u{1F}", "\u{7F}",
        "\u{80}", "é", "e", "\u{301}", "ß", "\u{7FF}", "\u{800}", "\u{2028}", "\u{D7FF}", "\u{E000}", "\u{FEFF}",
        "\u{FFFD}", "\u{FFFF}", "\u{10000}", "😀", "\u{10FFFF}", "{", "}", "[", "]", ":", ",",
    ]

    private static let numbers = [
        "0", "-0", "7", "-1", "12345678901234567890", "1e5", "1E+5", "1.50", "-0.0e-10", "0.1", "9e999",
    ]

    package mutating func document(depth: Int = 0) -> JSONValue {
        switch Int.random(in: 0..<(depth < 5 ? 8 : 5), using: &random) {
        case 0: .null
        case 1: .boolean(Bool.random(using: &random))
        case 2: .number(Self.numbers[Int.random(in: 0..<Self.numbers.count, using: &random)])
        case 3, 4: .string(text())
        case 5:
            .array((0..<count()).map { _ in document(depth: depth + 1) })
        default:
            .object((0..<count()).map { _ in JSONValue.Member(name: text(), value: document(depth: depth + 1)) })
        }
    }

    package mutating func text() -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<count() { text.append(Self.scalars[Int.random(in: 0..<Self.scalars.count, using: &random)]) }
        return String(text)
    }

    /// The document with white space and escapes strewn in wherever the grammar allows them.
    package mutating func written(_ document: JSONValue) -> String {
        let text =
            switch document {
            case .null, .boolean, .number: document.text
            case .string(let text): quoted(text)
            case .array(let values): "[" + values.map { written($0) }.joined(separator: ",") + space() + "]"
            case .object(let members):
                "{"
                    + members.map { space() + quoted($0.name) + space() + ":" + written($0.value) }.joined(
                        separator: ","
                    )
                    + space() + "}"
            }
        return space() + text + space()
    }

    private mutating func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            let mustEscape = scalar == "\"" || scalar == "\\" || scalar.value < 0x20
            if mustEscape || Int.random(in: 0..<3, using: &random) == 0 {
                for unit in String(scalar).utf16 {
                    let hex = String(unit, radix: 16, uppercase: Bool.random(using: &random))
                    quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
                }
            } else {
                quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    private mutating func space() -> String {
        ["", "", "", " ", "\n", "\t", "\r\n"][Int.random(in: 0..<7, using: &random)]
    }

    private mutating func count() -> Int {
        Int.random(in: 0...4, using: &random)
    }
}

extension JSONValue {
    /// Whether both have the same bytes everywhere. Plain equality would take "é" and "e" with an accent for the same.
    package func isIdentical(to other: JSONValue) -> Bool {
        switch (self, other) {
        case (.string(let left), .string(let right)), (.number(let left), .number(let right)):
            left.utf8.elementsEqual(right.utf8)
        case (.array(let left), .array(let right)):
            left.elementsEqual(right) { $0.isIdentical(to: $1) }
        case (.object(let left), .object(let right)):
            left.elementsEqual(right) { $0.name.utf8.elementsEqual($1.name.utf8) && $0.value.isIdentical(to: $1.value) }
        default: self == other
        }
    }
}
