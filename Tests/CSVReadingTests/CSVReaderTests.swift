import CSVReading
import CSVTestKit
import Testing

@Suite("Reading CSV, record by record")
struct CSVReaderTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var text: String
        /// Line and fields of each record.
        var rows: [(Int, [String])]
        var delimiter = CSVDelimiter.comma

        init(_ rule: String, _ text: String, _ rows: [(Int, [String])], delimiter: CSVDelimiter = .comma) {
            testDescription = rule
            self.text = text
            self.rows = rows
            self.delimiter = delimiter
        }
    }

    static let cases = [
        Case("an empty input has no records", "", []),
        Case("only blank lines are no records", "\n\r\n  \n\t", []),
        Case("only a byte order mark is no record", "\u{FEFF}", []),
        Case("LF ends a line", "a,b\nc,d\n", [(1, ["a", "b"]), (2, ["c", "d"])]),
        Case("CRLF ends one line, not two", "a,b\r\nc,d\r\n", [(1, ["a", "b"]), (2, ["c", "d"])]),
        Case("a lone CR ends a line", "a,b\rc,d\r", [(1, ["a", "b"]), (2, ["c", "d"])]),
        Case("the last line may lack its end", "a,b\nc,d", [(1, ["a", "b"]), (2, ["c", "d"])]),
        Case("the last field may be quoted without a line end", "a,\"b\"", [(1, ["a", "b"])]),
        Case("the last field may be empty without a line end", "a,", [(1, ["a", ""])]),
        Case("blank lines are counted and skipped", "a\n\n\r\nb\r\rc", [(1, ["a"]), (4, ["b"]), (6, ["c"])]),
        Case("lines of blanks are counted and skipped", "a\n \t \nb\r \n \rc", [(1, ["a"]), (3, ["b"]), (6, ["c"])]),
        Case("a delimiter alone makes two empty fields", ",\n", [(1, ["", ""])]),
        Case("an empty quoted field makes a record", "\"\"\n", [(1, [""])]),
        Case("quotes keep delimiters", "\"a,b\",c\n", [(1, ["a,b", "c"])]),
        Case("a doubled quote is a quote", "\"\"\"a\"\"b\"\"\"\n", [(1, ["\"a\"b\""])]),
        Case(
            "quotes keep line breaks, which count",
            "\"a\nb\r\nc\rd\"\n\"e\r\"\r\nf",
            [(1, ["a\nb\r\nc\rd"]), (5, ["e\r"]), (7, ["f"])]
        ),
        Case("a record begins where its first field begins", "\n\"\n\",\"\n\"\nb", [(2, ["\n", "\n"]), (5, ["b"])]),
        Case("blanks around fields are dropped", " a\t, b c  ,\td\n", [(1, ["a", "b c", "d"])]),
        Case("blanks around quotes are dropped", " \"a\" ,\t\"b\"\t\n", [(1, ["a", "b"])]),
        Case("blanks inside quotes are kept", "\" a \",\"\t\"\n", [(1, [" a ", "\t"])]),
        Case("other spaces are text", "\u{A0}a\u{3000},\u{B}b\n", [(1, ["\u{A0}a\u{3000}", "\u{B}b"])]),
        Case("a byte order mark at the start is dropped", "\u{FEFF}a\nb", [(1, ["a"]), (2, ["b"])]),
        Case("a byte order mark may stand before a quote", "\u{FEFF}\"a,b\"\n", [(1, ["a,b"])]),
        Case(
            "only one byte order mark is dropped",
            "\u{FEFF}\u{FEFF}a\n\u{FEFF}b",
            [(1, ["\u{FEFF}a"]), (2, ["\u{FEFF}b"])]
        ),
        Case("ids stay text", "00123,12345678901234567890,1e5\n", [(1, ["00123", "12345678901234567890", "1e5"])]),
        Case("records may differ in length", "a\nb,c,d\ne,f\n", [(1, ["a"]), (2, ["b", "c", "d"]), (3, ["e", "f"])]),
        Case("NUL passes", "a\u{0}b\n", [(1, ["a\u{0}b"])]),
        Case(
            "other line separators are text",
            "a\u{2028}\u{85}\u{C}b\nc",
            [(1, ["a\u{2028}\u{85}\u{C}b"]), (2, ["c"])]
        ),
        Case("a tab may separate", " a \t\t\"b\tc\" \td\n", [(1, ["a", "", "b\tc", "d"])], delimiter: .tab),
        Case("with a tab as delimiter a line of tabs is a record", "\t\n", [(1, ["", ""])], delimiter: .tab),
    ]

    @Test("each rule of the format", arguments: cases)
    func rule(_ testCase: Case) {
        let expected = Reading(rows: testCase.rows.map { Reading.Row(line: $0.0, fields: $0.1) })
        for blockSize in [1, 2, 1 << 16] {
            let reading = Reading(of: Array(testCase.text.utf8), blockSize: blockSize, delimiter: testCase.delimiter)
            #expect(reading == expected, "blocks of \(blockSize)")
        }
    }

    @Test("a field of exactly the limit passes, one byte more does not", arguments: [1, 2, 7, 1 << 16, 1 << 20])
    func fieldLimit(limit: Int) {
        let whole = String(repeating: "a", count: limit)
        for (text, isTooLong) in [
            ("\(whole),b\n", false), ("b,\(whole)\n", false), ("\(whole)", false),
            ("\"\(whole)\",b\n", false), ("\"\(whole)\"\r\n", false), ("b,\"\(whole)\"", false),
            ("\(whole)a,b\n", true), ("\(whole)a\n", true), ("\(whole)a", true),
            ("\"\(whole)a\",b\n", true), ("\"\(whole)a\"\n", true), ("\"\(whole)a\"", true),
        ] {
            let reading = Reading(of: Array(text.utf8), maxFieldBytes: limit)
            #expect((reading.error != nil) == isTooLong, "\(text.prefix(3))… of \(text.utf8.count) bytes")
            if isTooLong { #expect(reading.error?.contains("longer than") == true) }
        }
    }

    @Test("a quote that is never closed does not swallow more than the limit")
    func runawayQuote() {
        let rows = String(repeating: "a,b\n", count: 1 << 20)
        let reading = Reading(of: Array("id,name\n1,\"Zoë\n\(rows)".utf8))
        #expect(reading.rows == [Reading.Row(line: 1, fields: ["id", "name"])])
        #expect(
            reading.error
                == """
                users.csv: line 2, column 3: the field that begins here is longer than 1 MiB; \
                its quote is probably never closed. Close it, or shorten the field.
                """
        )
    }

    @Test("the record keeps what it holds when there is no further one")
    func recordAtTheEnd() throws {
        var reader = CSVReader(InputSource(bytes: Array("a,b\n".utf8), name: "users.csv"))
        var record = CSVRecord()
        #expect(try reader.next(into: &record))
        #expect(try !reader.next(into: &record))
        #expect(record == CSVRecord(line: 1, fields: ["a", "b"]))
    }

    @Test("SHA-256 is there once the end was reached")
    func digestAtTheEnd() throws {
        var reader = CSVReader(InputSource(bytes: Array("abc".utf8), name: "users.csv"))
        var record = CSVRecord()
        #expect(reader.sha256 == nil)
        while try reader.next(into: &record) {}
        #expect(reader.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
}
