import CSVReading
import Testing

@Suite("A record of a CSV file")
struct CSVRecordTests {
    @Test("gives each field as text and as bytes")
    func fields() {
        let record = CSVRecord(line: 3, fields: ["é", "", "abc"])
        #expect(record.line == 3)
        #expect(record.fieldCount == 3)
        #expect(record.texts == ["é", "", "abc"])
        #expect((0..<3).map { record.isEmpty($0) } == [false, true, false])
        #expect((0..<3).map { record.withBytes(of: $0) { $0.count } } == [2, 0, 3])
        #expect(record.withBytes(of: 2) { $0[1] } == UInt8(ascii: "b"))
    }

    @Test(
        "names the first field with a NUL",
        arguments: [
            ([], nil), (["", ""], nil), (["a", "b"], nil), (["\0"], 0), (["", "", "\0"], 2), (["a", "b\0", "\0"], 1),
        ] as [([String], Int?)]
    )
    func firstFieldWithNUL(fields: [String], expected: Int?) {
        #expect(CSVRecord(fields: fields).firstFieldWithNUL == expected)
    }

    @Test("a copy stays as it is when reading goes on")
    func copies() throws {
        var reader = CSVReader(InputSource(bytes: Array("a,b\nc\nd,e,f\n".utf8), name: "users.csv"))
        var record = CSVRecord()
        var copies: [CSVRecord] = []
        while try reader.next(into: &record) { copies.append(record) }
        #expect(copies.map(\.texts) == [["a", "b"], ["c"], ["d", "e", "f"]])
    }
}
