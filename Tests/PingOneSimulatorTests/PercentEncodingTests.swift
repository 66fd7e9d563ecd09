import Testing

@testable import PingOneSimulator

@Suite("Text in an address, percent-encoded")
struct PercentEncodingTests {
    @Test(
        "what is encoded is read, and a plus stays a plus",
        arguments: [
            ("", ""), ("a+b", "a+b"), ("a%20b%2B", "a b+"), ("%c3%A9é", "éé"), ("%2520", "%20"), ("%F0%9F%99%82", "🙂"),
        ]
    )
    func decoding(text: String, decoded: String) {
        #expect(PercentEncoding.decoding(text) == decoded)
    }

    @Test("what is not well encoded is nothing", arguments: ["%", "%2", "a%", "%2g", "%+1", "%C3", "%FF", "%c3%28"])
    func malformed(text: String) {
        #expect(PercentEncoding.decoding(text) == nil)
    }
}
