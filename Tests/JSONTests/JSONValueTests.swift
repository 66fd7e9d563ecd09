import JSON
import JSONTestKit
import SeededRandom
import TestKit
import Testing

@Suite("JSON as a value that is read and written")
struct JSONValueTests {
    struct Reading: CustomTestStringConvertible, Sendable {
        var text: String
        var value: JSONValue

        init(_ text: String, _ value: JSONValue) {
            self.text = text
            self.value = value
        }

        var testDescription: String { text }
    }

    @Test(
        "reads what RFC 8259 allows",
        arguments: [
            Reading("null", .null),
            Reading("true", .boolean(true)),
            Reading("false", .boolean(false)),
            Reading(" \t\r\n null \t\r\n ", .null),
            Reading("{}", .object([])),
            Reading("{ }", .object([])),
            Reading("[]", .array([])),
            Reading("[ ]", .array([])),
            Reading("[1,[2],{}]", .array([.number("1"), .array([.number("2")]), .object([])])),
            Reading(
                #" { "a" : 1 , "b" : [ true , null ] } "#,
                .object(["a": .number("1"), "b": .array([.boolean(true), .null])])
            ),
            Reading("0", .number("0")),
            Reading("-0", .number("-0")),
            Reading("12345678901234567890", .number("12345678901234567890")),
            Reading("1e5", .number("1e5")),
            Reading("1E+5", .number("1E+5")),
            Reading("-1.50e-07", .number("-1.50e-07")),
            Reading("1e999999", .number("1e999999")),
            Reading(#""""#, .string("")),
            Reading(#""00123""#, .string("00123")),
            Reading(#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{C}\n\r\t")),
            Reading(#""\u0041\u00e9\u00E9\u20ac""#, .string("Aéé€")),
            Reading(#""\u0000""#, .string("\u{0}")),
            Reading(#""\ud83d\ude00 \uD83D\uDE00""#, .string("😀 😀")),
            Reading(#""\uDBFF\uDFFF\uD800\uDC00""#, .string("\u{10FFFF}\u{10000}")),
            Reading(#""\uD7FF\uE000\uFEFF\uFFFF""#, .string("\u{D7FF}\u{E000}\u{FEFF}\u{FFFF}")),
            Reading("\"\u{7F}\u{80}\u{2028}é😀\"", .string("\u{7F}\u{80}\u{2028}é😀")),
        ]
    )
    func reads(_ reading: Reading) throws {
        #expect(try JSONValue(parsing: reading.text).isIdentical(to: reading.value))
    }

    struct Refusal: CustomTestStringConvertible, Sendable {
        var bytes: [UInt8]
        var offset: Int

        init(_ text: String, at offset: Int) {
            bytes = Array(text.utf8)
            self.offset = offset
        }

        var testDescription: String { String(decoding: bytes, as: UTF8.self) }
    }

    @Test(
        "refuses everything else, and says where",
        arguments: [
            Refusal("", at: 0),
            Refusal("  ", at: 2),
            Refusal("\u{FEFF}null", at: 0),
            Refusal("nul", at: 3),
            Refusal("nulL", at: 3),
            Refusal("True", at: 0),
            Refusal("NaN", at: 0),
            Refusal("Infinity", at: 0),
            Refusal("-Infinity", at: 1),
            Refusal("truefalse", at: 4),
            Refusal("null null", at: 5),
            Refusal("{} x", at: 3),
            Refusal("null\u{0}", at: 4),
            Refusal("\u{B}null", at: 0),
            Refusal("\u{A0}null", at: 0),
            Refusal("// no comment\nnull", at: 0),
            Refusal("'single'", at: 0),
            Refusal("+1", at: 0),
            Refusal("-", at: 1),
            Refusal("--1", at: 1),
            Refusal("01", at: 1),
            Refusal("-01", at: 2),
            Refusal(".5", at: 0),
            Refusal("1.", at: 2),
            Refusal("1.e5", at: 2),
            Refusal("1e", at: 2),
            Refusal("1e+", at: 3),
            Refusal("1e+-5", at: 3),
            Refusal("0x10", at: 1),
            Refusal("1_000", at: 1),
            Refusal("1 2", at: 2),
            Refusal("[", at: 1),
            Refusal("[1", at: 2),
            Refusal("[1,", at: 3),
            Refusal("[1,]", at: 3),
            Refusal("[,1]", at: 1),
            Refusal("[1 2]", at: 3),
            Refusal("[1}", at: 2),
            Refusal("]", at: 0),
            Refusal("{", at: 1),
            Refusal("{,}", at: 1),
            Refusal(#"{"a"}"#, at: 4),
            Refusal(#"{"a":}"#, at: 5),
            Refusal(#"{"a":1,}"#, at: 7),
            Refusal(#"{"a" 1}"#, at: 5),
            Refusal(#"{"a":1 "b":2}"#, at: 7),
            Refusal("{a:1}", at: 1),
            Refusal("{1:1}", at: 1),
            Refusal(#"{"a":1]"#, at: 6),
            Refusal(#"""#, at: 1),
            Refusal(#""abc"#, at: 4),
            Refusal(#""\"#, at: 2),
            Refusal(#""\"tail"#, at: 7),
        ]
    )
    func refuses(_ refusal: Refusal) {
        let error = #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: refusal.bytes) }
        #expect(error?.offset == refusal.offset)
        let unread = #expect(throws: JSONSyntaxError.self) { try JSONValue.member("id", of: refusal.bytes) }
        #expect(unread?.offset == refusal.offset)
    }

    @Test(
        "refuses what a string must not hold",
        arguments: [
            #"\x41"#, #"\'"#, #"\U0041"#, #"\u"#, #"\u12"#, #"\u123g"#, #"\u+123"#, #"\u 123"#, "\\u００４１",
            #"\ud800"#, #"\ud800x"#, #"\ud800\n"#, #"\ud800\u0041"#, #"\ud800\ud800"#, #"\udc00"#, #"\ude00\ud83d"#,
            #"\ud83d\ude0"#, "line\nbreak", "tab\t", "\u{0}", "\u{1F}", "\\n\u{1}",
        ]
    )
    func refusesString(content: String) {
        refusesString(bytes: Array(content.utf8))
    }

    @Test(
        "refuses what is no UTF-8",
        arguments: [
            [0xFF], [0xC3], [0x80], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82],
            [0x5C, 0x6E, 0xE9],
        ] as [[UInt8]]
    )
    func refusesString(bytes: [UInt8]) {
        let text = [UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")]
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: text) }
        #expect(throws: JSONSyntaxError.self, "also where nobody wants the string") {
            try JSONValue.member("id", of: Array(#"{"a":["#.utf8) + text + Array("]}".utf8))
        }
        #expect(throws: JSONSyntaxError.self, "as a member's name") {
            try JSONValue(parsing: Array("{".utf8) + text + Array(":1}".utf8))
        }
    }

    @Test("goes down 64 levels and no further", arguments: [("[", "1", "]"), ("{\"a\":", "{}", "}"), ("[", "", "]")])
    func depth(opening: String, core: String, closing: String) throws {
        func nested(_ levels: Int) -> String {
            String(repeating: opening, count: levels) + core + String(repeating: closing, count: levels)
        }
        let fit = core == "{}" ? 63 : 64
        #expect(try JSONValue(parsing: nested(fit)).text == nested(fit))
        let error = #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: nested(fit + 1)) }
        #expect(error?.offset == opening.utf8.count * 64)
        #expect(throws: Never.self) { try JSONValue.member("id", of: Array(nested(fit).utf8)) }
        let unread = #expect(throws: JSONSyntaxError.self) {
            try JSONValue.member("id", of: Array(nested(fit + 1).utf8))
        }
        #expect(unread?.offset == error?.offset)
    }

    @Test("a hostile depth does not exhaust the stack")
    func hostileDepth() {
        let error = #expect(throws: JSONSyntaxError.self) {
            try JSONValue(parsing: String(repeating: "[", count: 1_000_000))
        }
        #expect(error?.offset == 64)
    }

    @Test("members keep their order and their repetitions; the first of a name is found")
    func repeatedMembers() throws {
        let text = #"{"b":1,"a":2,"b":3,"":4}"#
        let document = try JSONValue(parsing: text)
        #expect(document.text == text)
        #expect(document["b"] == .number("1"))
        #expect(document[""] == .number("4"))
        #expect(document["c"] == nil)
    }

    @Test("one member read alone is the one that the whole document has", arguments: 0..<300 as Range<UInt64>)
    func memberAlone(seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        let document = random.document()
        let loose = random.written(.object([.init(name: "id", value: .null), .init(name: "id", value: document)]))
        #expect(try JSONValue.member("id", of: Array(loose.utf8)) == .null, "the first of its name: \(loose)")
        let names = if case .object(let members) = document { members.map(\.name) } else { [String]() }
        for name in names + ["", "id"] {
            let member = try JSONValue.member(name, of: Array(random.written(document).utf8))
            let expected = document[name]
            #expect(member.map { [$0] } == expected.map { [$0] }, "\(name)")
        }
    }

    @Test("a text is refused alike whether it is read or one of its members", arguments: 0..<300 as Range<UInt64>)
    func memberOfDamage(seed: UInt64) {
        var random = RandomJSON(seed: seed)
        var generator = SplitMix64(seed: seed)
        for _ in 0..<8 {
            var bytes = Array(random.written(.object([.init(name: "id", value: random.document())])).utf8)
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            bytes[place] = UInt8.random(in: 0...255, using: &generator)
            for name in ["id", "other"] {
                let whole = Result { () throws(JSONSyntaxError) in try JSONValue(parsing: bytes)[name] }
                let alone = Result { () throws(JSONSyntaxError) in try JSONValue.member(name, of: bytes) }
                #expect(alone == whole)
            }
        }
    }

    @Test("a value is given out only as what it is")
    func access() {
        #expect(JSONValue.string("1").string == "1")
        #expect(JSONValue.number("1").string == nil)
        #expect(JSONValue.null.string == nil)
        #expect(JSONValue.array([.null]).array == [.null])
        #expect(JSONValue.object([]).array == nil)
        #expect(JSONValue.boolean(false).boolean == false)
        #expect(JSONValue.string("true").boolean == nil)
        #expect(JSONValue.number("-3600").integer == -3600)
        #expect(JSONValue.number("9223372036854775807").integer == .max)
        #expect(JSONValue.number("9223372036854775808").integer == nil)
        #expect(JSONValue.number("1.0").integer == nil)
        #expect(JSONValue.number("1e3").integer == nil)
        #expect(JSONValue.string("7").integer == nil)
        #expect(JSONValue.array([])["a"] == nil)
    }

    @Test("what is written in any of the allowed ways reads back byte by byte", arguments: 0..<300 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        let document = random.document()
        let loose = random.written(document)
        #expect(try JSONValue(parsing: loose).isIdentical(to: document), "\(loose)")
        #expect(try JSONValue(parsing: document.text).isIdentical(to: document), "\(document.text)")
    }

    @Test("a damaged text is refused or read, and never ends the process", arguments: 0..<300 as Range<UInt64>)
    func damage(seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        var bytes = Array(random.written(random.document()).utf8)
        var generator = SplitMix64(seed: seed)
        for _ in 0..<8 {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            bytes[place] = UInt8.random(in: 0...255, using: &generator)
            do throws(JSONSyntaxError) {
                let document = try JSONValue(parsing: bytes)
                #expect(try JSONValue(parsing: document.text).isIdentical(to: document))
            } catch {
                #expect((0...bytes.count).contains(error.offset))
            }
        }
    }

    @Test("reads and writes what Python's json module reads and writes")
    func python() throws {
        let documents = (1000..<1300).map { seed -> (loose: String, value: JSONValue) in
            var random = RandomJSON(seed: UInt64(seed))
            let value = random.document()
            return (random.written(value), value)
        }
        // NUL stands between the documents: it occurs in none, for it is always escaped.
        let lines = try SystemProgram.run(
            StandIn.command("rewrite_json"),
            input: documents.flatMap { Array("\($0.loose)\u{0}\($0.value.text)\u{0}".utf8) }
        ).split(separator: UInt8(ascii: "\n"))
        try #require(lines.count == 2 * documents.count)
        for (index, document) in documents.enumerated() {
            #expect(lines[2 * index] == lines[2 * index + 1], "\(document.loose)")
            #expect(try JSONValue(parsing: lines[2 * index]).isIdentical(to: document.value), "\(document.loose)")
        }
    }
}
