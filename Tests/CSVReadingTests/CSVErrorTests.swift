import CSVReading
import CSVTestKit
import Testing

@Suite("What ends the reading of a CSV file")
struct CSVErrorTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var bytes: [UInt8]
        var message: String
        /// Records that come before the error.
        var rows: Int

        init(_ name: String, _ text: String, rows: Int = 0, _ message: String) {
            self.init(name, bytes: Array(text.utf8), rows: rows, message)
        }

        init(_ name: String, bytes: [UInt8], rows: Int = 0, _ message: String) {
            testDescription = name
            self.bytes = bytes
            self.message = message
            self.rows = rows
        }
    }

    private static let unclosed =
        "the quote that opens here is never closed. Close it, or check that the file is complete."
    private static let textAfter =
        "text follows a closing quote. "
        + "Write a quote that belongs to the text twice (\"\"), or put the delimiter between the fields."
    private static let quoteInside =
        "a quote stands inside a field that does not begin with one. "
        + "Put the whole field in quotes and write each quote in it twice (\"\")."
    private static let notUTF8 =
        "these bytes are not UTF-8. If a spreadsheet has saved the file as Windows-1252: "
        + "--encoding windows-1252. iconv -l lists other encodings; saved as UTF-8 it needs no flag."

    private static let unlikeMark =
        "as the byte order mark at the start of the file says. "
        + "Save the file as UTF-8 once more, or copy it again if it may be damaged."

    static let cases = [
        Case("unclosed quote", "a,b\nc, \"d\ne\n", rows: 1, "users.csv: line 2, column 4: \(unclosed)"),
        Case("unclosed quote at the very end", "a\nb,\"", rows: 1, "users.csv: line 2, column 3: \(unclosed)"),
        Case("unclosed quote behind doubled ones", "é,\"\"\"x\"\"y\"\"", "users.csv: line 1, column 3: \(unclosed)"),
        Case(
            "unclosed quote behind a field of several lines",
            "\"a\n\"\"\r\nb\",\"c\n\n",
            "users.csv: line 3, column 4: \(unclosed)"
        ),
        Case("text after a quote", "a\nb,\"😀\"x\n", rows: 1, "users.csv: line 2, column 6: \(textAfter)"),
        Case("text after a quote and blanks", "\"a\"  \t b", "users.csv: line 1, column 8: \(textAfter)"),
        Case("a quote after a quote and blanks", "\"a\" \"b\"", "users.csv: line 1, column 5: \(textAfter)"),
        Case("text after a quote in a later line", "\"a\r\nbc\"d", "users.csv: line 2, column 4: \(textAfter)"),
        Case("quote in an unquoted field", "\u{FEFF}a\"b\"\n", "users.csv: line 1, column 2: \(quoteInside)"),
        Case("quote after blanks in an unquoted field", "\n\ra, b \"", "users.csv: line 3, column 6: \(quoteInside)"),
        Case(
            "not UTF-8",
            bytes: Array("a\r\né,".utf8) + [0xE9, 0x0A],
            rows: 1,
            "users.csv: line 2, column 3: \(notUTF8)"
        ),
        Case(
            "UTF-16 that is cut off",
            bytes: [0xFF, 0xFE, 0x61, 0x00, 0x0A, 0x00, 0x62],
            rows: 1,
            "users.csv: line 2, column 1: these bytes are not UTF-16LE, \(unlikeMark)"
        ),
        Case(
            "Windows-1252 behind the mark of UTF-8",
            bytes: [0xEF, 0xBB, 0xBF] + Array("a\nm".utf8) + [0xFC],
            rows: 1,
            "users.csv: line 2, column 2: these bytes are not UTF-8, \(unlikeMark)"
        ),
        Case("overlong", bytes: [0x61, 0x2C, 0xC0, 0xAF], "users.csv: line 1, column 3: \(notUTF8)"),
        Case("surrogate", bytes: [0x22, 0xED, 0xA0, 0x80], "users.csv: line 1, column 2: \(notUTF8)"),
        Case("above U+10FFFF", bytes: [0x0A, 0xF4, 0x90, 0x80, 0x80], "users.csv: line 2, column 1: \(notUTF8)"),
        Case(
            "cut at the end",
            bytes: [0x61, 0x0A, 0xF0, 0x9F, 0x98],
            rows: 1,
            "users.csv: line 2, column 1: \(notUTF8)"
        ),
        Case("cut byte order mark", bytes: [0xEF, 0xBB], "users.csv: line 1, column 1: \(notUTF8)"),
        Case(
            "the first of two errors",
            bytes: Array("a\"".utf8) + [0xFF],
            "users.csv: line 1, column 2: \(quoteInside)"
        ),
    ]

    @Test("says what happened, where and what to do, after all records before", arguments: cases)
    func message(_ testCase: Case) {
        for blockSize in [1, 3, 1 << 16] {
            let reading = Reading(of: testCase.bytes, blockSize: blockSize)
            #expect(reading.error == testCase.message, "blocks of \(blockSize)")
            #expect(reading.rows.count == testCase.rows, "blocks of \(blockSize)")
        }
    }

    @Test("names the limit of a field, and asks for the quote only if it is still open")
    func fieldTooLong() {
        #expect(
            Reading(of: Array("a,b\nc,\"dé\nfgh".utf8), maxFieldBytes: 4).error
                == """
                users.csv: line 2, column 3: the field that begins here is longer than 4 bytes; \
                its quote is probably never closed. Close it, or shorten the field.
                """
        )
        for field in ["abcde", "\"abcde\""] {
            #expect(
                Reading(of: Array("é, \(field)\n".utf8), maxFieldBytes: 4).error
                    == """
                    users.csv: line 1, column 4: the field that begins here is longer than 4 bytes. \
                    Shorten it, or check that the file is a CSV file with this delimiter.
                    """
            )
        }
    }

    @Test("names the limit of a record")
    func recordTooLong() {
        let reading = Reading(of: Array("a,b\n\"\n\",,,,,,,\n".utf8), maxRecordBytes: 8)
        #expect(reading.rows.count == 1)
        #expect(
            reading.error
                == """
                users.csv: line 2: the record that begins here is longer than 8 bytes. \
                Check that the file is a CSV file with line breaks.
                """
        )
        let message = Reading(of: Array((String(repeating: "x", count: 1 << 20) + ",").utf8), maxRecordBytes: 1 << 20)
            .error
        #expect(message?.contains("longer than 1 MiB.") == true)
    }

    @Test("carries its place as values")
    func values() {
        var reader = CSVReader(InputSource(bytes: Array("a\nb\"".utf8), name: "users.csv"))
        var record = CSVRecord()
        #expect(throws: CSVError.quoteInsideUnquotedField(at: CSVPosition(file: "users.csv", line: 2, column: 2))) {
            while try reader.next(into: &record) {}
        }
    }
}
