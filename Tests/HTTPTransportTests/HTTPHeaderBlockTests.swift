import HTTPTransport
import Testing

@Suite("Header fields of a reply")
struct HTTPHeaderBlockTests {
    private let block = HTTPHeaderBlock(
        bytes: Array(
            """
            HTTP/1.1 200 OK\r
            Correlation-Id:  abc \t\r
            X-Empty:\r
            X-Twice: first\r
            X-Twice: second\r
            Colon: a:b\r
            X-Last: end
            """.utf8
        )
    )

    @Test("names are compared without regard to case, values lose the spaces around them")
    func first() {
        #expect(block.first("CORRELATION-ID") == "abc")
        #expect(block.first("x-empty") == "")
        #expect(block.first("colon") == "a:b")
        #expect(block.first("x-last") == "end")
    }

    @Test("the first of several wins")
    func twice() {
        #expect(block.first("x-twice") == "first")
    }

    @Test("a name must be whole", arguments: ["Correlation", "X", "HTTP/1.1 200 OK", "", "abc"])
    func absent(name: String) {
        #expect(block.first(name) == nil)
    }

    @Test("bytes that are no UTF-8 do no harm")
    func notUTF8() {
        #expect(HTTPHeaderBlock(bytes: [0x41, 0x3A, 0xFF, 0x0D, 0x0A]).first("a") == "\u{FFFD}")
        #expect(HTTPHeaderBlock(bytes: []).first("a") == nil)
        #expect(HTTPHeaderBlock(bytes: [0x0A, 0x0A, 0x3A]).first("a") == nil)
    }
}
