import CSVReading
import CSVTestKit
import Testing

@Suite("What may stand between two fields")
struct CSVDelimiterTests {
    @Test("every ASCII character separates but NUL, quote, space, CR and LF")
    func bytes() {
        let refused = (0...255).filter { CSVDelimiter(UInt8($0)) == nil }
        #expect(refused == [0, 10, 13, 32, 34] + Array(128...255))
        #expect(CSVDelimiter(UInt8(ascii: ",")) == .comma)
        #expect(CSVDelimiter(9) == .tab)
    }

    @Test("the reader separates by it", arguments: [";", "|", "\t", ":", "x", "\u{1}"])
    func reading(character: Character) throws {
        let delimiter = try #require(character.asciiValue.flatMap { CSVDelimiter($0) })
        let reading = Reading(of: Array("a\(character)\"\(character)\",\n".utf8), delimiter: delimiter)
        #expect(reading.error?.contains("text follows a closing quote") == true)
        let rows = Reading(of: Array("a,\(character)\"\(character)\"\n".utf8), delimiter: delimiter).rows
        #expect(rows == [Reading.Row(line: 1, fields: ["a,", "\(character)"])])
    }
}
