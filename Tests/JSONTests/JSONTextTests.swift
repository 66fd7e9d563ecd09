import JSON
import Testing

@Suite("Text and documents, written as JSON")
struct JSONTextTests {
    private func written(_ text: String) -> String {
        var bytes: [UInt8] = []
        JSONText.appendString(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(
        "escapes what must be escaped and nothing else",
        arguments: [
            ("", #""""#),
            ("plain", #""plain""#),
            (#"a"b\c/d"#, #""a\"b\\c/d""#),
            ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#),
            ("\r\n", #""\r\n""#),
            ("\u{0}\u{1}\u{B}\u{E}\u{1F}", #""\u0000\u0001\u000b\u000e\u001f""#),
            (" \u{7F}\u{80}\u{2028}\u{2029}", "\" \u{7F}\u{80}\u{2028}\u{2029}\""),
            ("é e\u{301} 😀 <&>", "\"é e\u{301} 😀 <&>\""),
        ]
    )
    func escapes(text: String, expected: String) {
        #expect(written(text).utf8.elementsEqual(expected.utf8))
    }

    @Test("every single character below U+0100 reads back as it was")
    func allControlCharacters() throws {
        for code in UInt8.min ... .max {
            let text = String(Character(Unicode.Scalar(code)))
            #expect(try JSONValue(parsing: written(text)) == .string(text), "U+\(String(code, radix: 16))")
        }
    }

    @Test("appends behind what is there")
    func appends() {
        var bytes = Array("x:".utf8)
        JSONText.appendString("y", to: &bytes)
        #expect(bytes == Array(#"x:"y""#.utf8))
    }

    @Test("writes a document on one line, members in their order")
    func document() {
        let name: String? = "line\nbreak"
        let missing: String? = nil
        let status: Int? = nil
        let document: JSONValue = .object([
            "z": JSONValue(name), "a": JSONValue(missing), "n": JSONValue(status), "count": JSONValue(Int64.min),
            "list": .array([.boolean(true), .boolean(false), .number("1.50"), .object([])]), "z": .array([]),
        ])
        #expect(
            document.text
                == #"{"z":"line\nbreak","a":null,"n":null,"count":-9223372036854775808,"#
                + #""list":[true,false,1.50,{}],"z":[]}"#
        )
    }
}
