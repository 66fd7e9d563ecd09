import JSON
import PingOneAPI
import Testing

@testable import Reporting

@Suite("Records, written as CSV or as JSON lines")
struct RecordWriterTests {
    private func write(_ format: RecordFormat, _ records: [[JSONValue]]) throws -> [String] {
        var writer = RecordWriter(format: format, columns: ["a", "b"])
        var pieces: [String] = []
        let write: ([UInt8]) -> Void = { pieces.append(String(decoding: $0, as: UTF8.self)) }
        for record in records { try writer.append(record, to: write) }
        try writer.finish(to: write)
        return pieces
    }

    @Test("CSV has a header, also without any record; JSON lines have none")
    func empty() throws {
        #expect(try write(.csv, []) == ["a,b\n"])
        #expect(try write(.jsonl, []) == [""])
    }

    @Test("texts are quoted where they must be, numbers are digits, null is empty")
    func csv() throws {
        #expect(
            try write(.csv, [[.string("x,\"y\"\n"), JSONValue(7)], [.null, .string("00123")]]).joined()
                == "a,b\n\"x,\"\"y\"\"\n\",7\n,00123\n"
        )
    }

    @Test("each JSON object stands on a line of its own, its members in the order of the columns")
    func jsonLines() throws {
        #expect(
            try write(.jsonl, [[.string("x\n\"y\""), JSONValue(7)], [.null, .string("00123")]]).joined()
                == #"{"a":"x\n\"y\"","b":7}"# + "\n" + #"{"a":null,"b":"00123"}"# + "\n"
        )
    }

    @Test("many records come in pieces, none of them large and none lost", arguments: RecordFormat.allCases)
    func pieces(format: RecordFormat) throws {
        let text = String(repeating: "x", count: 1000)
        let pieces = try write(format, Array(repeating: [.string(text), .null], count: 500))
        #expect(pieces.count > 5)
        #expect(pieces.allSatisfy { $0.utf8.count < 1 << 17 })
        let lines = pieces.joined().count { $0 == "\n" }
        #expect(lines == (format == .csv ? 501 : 500))
    }

    @Test("what the destination throws ends the writing")
    func failing() {
        struct Full: Error {}
        var writer = RecordWriter(format: .csv, columns: ["a"])
        #expect(throws: Full.self) { try writer.finish { _ in throw Full() } }
    }
}
