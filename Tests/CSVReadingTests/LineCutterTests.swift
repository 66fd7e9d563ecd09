import Testing

@testable import CSVReading

@Suite("Text in blocks, cut into lines")
struct LineCutterTests {
    /// The pieces of an input as text, and how it ends.
    private func pieces(
        of bytes: [UInt8],
        blockSize: Int = 1 << 16,
        limit: Int = 1 << 20
    ) -> (pieces: [String], lineEnds: [Bool], end: LineCutter.End) {
        var lines = LineCutter(InputSource(bytes: bytes, name: "users.csv", blockSize: blockSize))
        var pieces: [String] = []
        var lineEnds: [Bool] = []
        while true {
            switch lines.next(atMost: limit) {
            case .piece(let range, let endsLine):
                pieces.append(String(decoding: lines.text[range], as: UTF8.self))
                lineEnds.append(endsLine)
            case .end(let end): return (pieces, lineEnds, end)
            }
        }
    }

    @Test("a line keeps its line break, whichever it is")
    func lines() {
        let cut = pieces(of: Array("a\nb\r\n\rc\r\n\nd".utf8))
        #expect(cut.pieces == ["a\n", "b\r\n", "\r", "c\r\n", "\n", "d"])
        #expect(cut.lineEnds == [true, true, true, true, true, false])
        #expect(cut.end == .endOfInput)
    }

    @Test("blocks cut neither a character nor a CRLF apart")
    func blocks() {
        let cut = pieces(of: Array("😀é\r\n\r\rx\r".utf8), blockSize: 1)
        #expect(cut.pieces == ["😀", "é", "\r\n", "\r", "\r", "x", "\r"])
        #expect(cut.lineEnds == [false, false, true, true, true, false, true])
    }

    @Test("a piece has at most so many bytes as were asked for")
    func limit() {
        let cut = pieces(of: Array("abcde\r\n".utf8), limit: 3)
        #expect(cut.pieces == ["abc", "de\r", "\n"])
        #expect(cut.lineEnds == [false, false, true])
    }

    @Test("what comes before bytes that are not UTF-8 is cut first")
    func invalid() {
        let cut = pieces(of: Array("a\nb\r".utf8) + [0xFF, 0x0A])
        #expect(cut.pieces == ["a\n", "b\r"])
        #expect(cut.end == .invalidUTF8)
    }
}
