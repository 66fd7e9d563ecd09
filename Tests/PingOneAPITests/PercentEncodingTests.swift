import Testing

@testable import PingOneAPI

@Suite("Percent encoding")
struct PercentEncodingTests {
    @Test("unreserved characters stay")
    func unreserved() {
        let unreserved = "abcxyzABCXYZ0189-._~"
        #expect(unreserved.percentEncoded == unreserved)
    }

    @Test(
        "everything else is escaped byte by byte",
        arguments: [
            (" ", "%20"), ("+", "%2B"), ("&", "%26"), ("=", "%3D"), ("%", "%25"), ("/", "%2F"), ("?", "%3F"),
            ("#", "%23"), ("\"", "%22"), ("\\", "%5C"), ("ü", "%C3%BC"), ("🦊", "%F0%9F%A6%8A"), ("\n", "%0A"),
            ("\u{0}", "%00"), ("\u{7F}", "%7F"), ("@", "%40"),
        ]
    )
    func escaped(text: String, expected: String) {
        #expect(text.percentEncoded == expected)
    }
}
