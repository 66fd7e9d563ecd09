import CSVReading
import CSVTestKit
import SeededRandom
import Testing

@Suite("Writing CSV that every reader reads alike")
struct CSVWriterTests {
    @Test(
        "quotes a field only where it must",
        arguments: [
            (["a", "b c", ""], "a,b c,\n"),
            (["a,b", "c"], "\"a,b\",c\n"),
            (["say \"hi\""], "\"say \"\"hi\"\"\"\n"),
            (["a\nb", "c\r", "\r\n"], "\"a\nb\",\"c\r\",\"\r\n\"\n"),
            ([" a", "a ", "\ta", "a\t", " "], "\" a\",\"a \",\"\ta\",\"a\t\",\" \"\n"),
            (["\u{FEFF}a", "a\u{FEFF}"], "\"\u{FEFF}a\",a\u{FEFF}\n"),
            ([""], "\"\"\n"),
            (["", ""], ",\n"),
            ([], ""),
        ] as [([String], String)]
    )
    func text(fields: [String], expected: String) {
        var writer = CSVWriter()
        for field in fields { writer.append(field) }
        writer.endRecord()
        #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
    }

    @Test("another delimiter needs quotes, the comma then does not")
    func delimiter() {
        var writer = CSVWriter(delimiter: .tab)
        for field in ["a,b", "c\td"] { writer.append(field) }
        writer.endRecord()
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "a,b\t\"c\td\"\n")
    }

    @Test("a record's fields may be followed by others")
    func record() {
        var writer = CSVWriter()
        writer.append(fieldsOf: CSVRecord(line: 1, fields: ["a b ", "\"", ""]))
        writer.append("7")
        writer.endRecord()
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "\"a b \",\"\"\"\",,7\n")
    }

    @Test("goes on after the bytes were taken")
    func removeAll() {
        var writer = CSVWriter()
        for _ in 0..<2 {
            writer.append("")
            writer.endRecord()
            #expect(writer.bytes == Array("\"\"\n".utf8))
            writer.removeAll()
        }
    }

    @Test("what it writes is read back the same", arguments: 0..<300)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let parts = ["a", ",", ";", "\"", "\n", "\r", "\r\n", " ", "\t", "é", "😀", "\u{FEFF}", "\0"]
        for delimiter in [CSVDelimiter.comma, .tab, try #require(CSVDelimiter(UInt8(ascii: ";")))] {
            var writer = CSVWriter(delimiter: delimiter)
            let records = (0..<5).map { _ in
                (0..<Int.random(in: 1...3, using: &random)).map { _ in
                    (0..<Int.random(in: 0...4, using: &random)).map { _ in
                        parts[Int.random(in: 0..<parts.count, using: &random)]
                    }.joined()
                }
            }
            for record in records {
                for field in record { writer.append(field) }
                writer.endRecord()
            }
            let reading = Reading(of: writer.bytes, delimiter: delimiter)
            #expect(reading.rows.map(\.fields) == records)
            #expect(reading.error == nil)
        }
    }
}
