import Testing

@testable import PingOneSimulator

@Suite("The simulator's own JSON")
struct JSONTests {
    @Test("members are written in their order, and text is escaped where it must be")
    func writing() {
        let json: JSON = ["b": "\"\\\n\r\t\u{01}é/🙂", "a": [1, true, .null, .number(0.5)], "c": [:]]
        #expect(json.description == #"{"b":"\"\\\n\r\t\u0001é/🙂","a":[1,true,null,0.5],"c":{}}"#)
    }

    @Test(
        "what is written is read again",
        arguments: ["{}", "[]", #"{"a":[1,2.5,"x",null,false],"b":{"c":"\u0000"}}"#]
    )
    func reading(text: String) {
        #expect(JSON.reading(text.utf8)?.description == text)
    }

    @Test("what is no JSON is nothing", arguments: ["", "{", "{\"a\":}", "<html>", "\u{FF}", "{}{}"])
    func malformed(text: String) {
        #expect(JSON.reading(text.utf8) == nil)
    }

    @Test("bytes that are no UTF-8 are nothing")
    func notUTF8() {
        #expect(JSON.reading([0x22, 0xC3, 0x28, 0x22]) == nil)
    }

    @Test("numbers are not texts, and large ids as texts stay as they are")
    func types() {
        #expect(JSON.reading("12345678901234567890".utf8)?.stringValue == nil)
        #expect(JSON.reading("\"12345678901234567890\"".utf8)?.stringValue == "12345678901234567890")
    }
}
