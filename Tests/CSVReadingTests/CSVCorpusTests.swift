import CSVReading
import CSVTestKit
import Foundation
import TestKit
import Testing

/// Small files for what goes wrong between programs that write and read CSV, each with what it holds. The cases are
/// those that csv-spectrum, CPython, Miller and xsv test their readers with; the files are our own.
@Suite("CSVReader, a corpus of files")
struct CSVCorpusTests {
    struct Case: CustomTestStringConvertible, Sendable {
        /// Its file in `Tests/Corpus/csv`, without the extension.
        var name: String
        var reading: Reading
        var delimiter: UInt8
        /// What Python's csv module, in strict mode, does otherwise; nil where both read the same.
        var python: String?

        /// `rows`: line and fields of each record, up to the error.
        init(
            _ name: String,
            _ rows: [(Int, [String])],
            _ error: Broken? = nil,
            delimiter: Unicode.Scalar = ",",
            python: String? = nil
        ) {
            self.name = name
            reading = Reading(rows: rows.map { Reading.Row(line: $0.0, fields: $0.1) }, error: error?.message)
            self.delimiter = UInt8(ascii: delimiter)
            self.python = python
        }

        var testDescription: String { name }

        var bytes: [UInt8] {
            get throws { Array(try Data(contentsOf: CSVCorpusTests.folder.appending(path: "\(name).csv"))) }
        }
    }

    enum Broken {
        case unclosed(line: Int, column: Int)
        case textBehind(line: Int, column: Int)
        case quoteInside(line: Int, column: Int)
        case notUTF8(line: Int, column: Int)

        var message: String {
            func at(_ line: Int, _ column: Int) -> CSVPosition {
                CSVPosition(file: "users.csv", line: line, column: column)
            }
            let error: CSVError =
                switch self {
                case .unclosed(let line, let column): .unclosedQuote(at: at(line, column))
                case .textBehind(let line, let column): .textAfterClosingQuote(at: at(line, column))
                case .quoteInside(let line, let column): .quoteInsideUnquotedField(at: at(line, column))
                case .notUTF8(let line, let column): .invalidUTF8(at: at(line, column))
                }
            return error.description
        }
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Corpus/csv")

    static let cases = [
        // Nothing, or hardly anything.
        Case("empty", []),
        Case("only-byte-order-mark", []),
        Case("only-line-breaks", []),
        Case("only-header", [(1, ["id", "name"])]),
        Case("only-header-without-line-break", [(1, ["id", "name"])]),
        Case("one-delimiter", [(1, ["", ""])]),
        Case("one-empty-quoted-field", [(1, [""])]),
        // Ends of lines.
        Case("line-feeds", [(1, ["a", "b", "c"]), (2, ["1", "2", "3"])]),
        Case("carriage-returns-and-line-feeds", [(1, ["a", "b", "c"]), (2, ["1", "2", "3"])]),
        Case("carriage-returns", [(1, ["a", "b", "c"]), (2, ["1", "2", "3"])]),
        Case("mixed-line-ends", [(1, ["a"]), (2, ["b"]), (3, ["c"]), (4, ["d"])]),
        Case("no-last-line-break", [(1, ["a", "b"]), (2, ["1", "2"])]),
        Case("no-last-line-break-behind-quote", [(1, ["a", "b"]), (2, ["1", "2"])]),
        Case("carriage-return-at-the-end", [(1, ["a", "b"]), (2, ["1", "2"])]),
        Case("blank-lines", [(3, ["a", "b"]), (5, ["1", "2"])]),
        Case("line-feed-before-carriage-return", [(1, ["a"]), (3, ["b"])]),
        // Line breaks inside quotes.
        Case("newlines-in-quotes", [(1, ["a", "b"]), (2, ["1", "x\ny\n\nz"]), (6, ["2", "w"])]),
        Case("crlf-in-quotes", [(1, ["a", "b"]), (2, ["1", "x\r\ny"]), (4, ["2", "w"])]),
        Case("cr-in-quotes", [(1, ["a", "b"]), (2, ["1", "x\ry"]), (4, ["2", "w"])]),
        Case("newline-in-header", [(1, ["first\nname", "id"]), (3, ["Leslie", "7"])]),
        Case("line-breaks-only-in-quotes", [(1, ["\n\r\n\r", "b"])]),
        Case("quotes-and-newlines", [(1, ["a", "b"]), (2, ["1", "ha \n\"ha\" \nha"]), (5, ["3", "4"])]),
        // Quotes.
        Case(
            "delimiter-in-quotes",
            [(1, ["first", "address", "zip"]), (2, ["John", "120 any st., Anytown, WW", "08123"])]
        ),
        Case("doubled-quotes", [(1, ["a", "b"]), (2, ["1", "ha \"ha\" ha"]), (3, ["3", "4"])]),
        Case("only-doubled-quotes", [(1, ["\"", "\"\"", ""])]),
        Case("everything-quoted", [(1, ["id", "name"]), (2, ["00123", "Zoë"])]),
        Case("empty-fields", [(1, ["a", "b", "c"]), (2, ["1", "", ""]), (3, ["", "", ""])]),
        Case(
            "json-in-a-cell",
            [(1, ["id", "geojson"]), (2, ["1", "{\"type\": \"Point\", \"coordinates\": [102.0, 0.5]}"])]
        ),
        Case(
            "coordinates",
            [
                (1, ["data", "Contact Phone Number", "Location Coordinates"]),
                (2, ["1", "(555) 555-0100", "37°36'37.8\"N 121°2'17.9\"W"]),
            ]
        ),
        Case("apostrophes-are-text", [(1, ["a", "'b", "c'"]), (2, ["it's", "don't", "'"])]),
        Case("backslashes-are-text", [(1, ["a\\", "b\\n", "c\\"])]),
        Case("number-signs-are-text", [(1, ["# no comment", "b"]), (2, ["#", "2"])]),
        Case(
            "numbers-are-text",
            [(1, ["id", "n"]), (2, ["00123", "1e5"]), (3, ["12345678901234567890", "+1.50"]), (4, ["-0", "0x10"])]
        ),
        Case("formulas-are-text", [(1, ["a", "b"]), (2, ["=1+1", "@SUM(A1,A2)"])]),
        // Blanks.
        Case("blanks-around-fields", [(1, ["a", "b", "c"])], python: "keeps blanks"),
        Case(
            "blanks-before-quotes",
            [(1, ["a", "b"]), (2, ["1", "x, y"])],
            python: "takes a quote behind a blank for text"
        ),
        Case("blanks-behind-quotes", [(1, ["a", "b"]), (2, ["1", "2"])], python: "refuses blanks behind a quote"),
        Case("blanks-inside-quotes", [(1, [" a ", "\tb", "  "])]),
        Case("lines-of-blanks", [(1, ["a"]), (4, ["b"])], python: "takes a line of blanks for a record"),
        Case("blanks-between-words", [(1, ["New York", "a\tb"])]),
        Case("no-break-spaces-are-text", [(1, ["\u{A0}a\u{A0}", "\u{3000}b"])]),
        // Characters.
        Case(
            "utf-8",
            [(1, ["a", "b", "c"]), (2, ["1", "2", "3"]), (3, ["4", "5", "ʤ"]), (4, ["😀", "e\u{301}", "中文"])]
        ),
        Case("byte-order-mark", [(1, ["id", "name"]), (2, ["1", "x"])]),
        Case("byte-order-mark-before-quote", [(1, ["id", "name"]), (2, ["1", "x"])]),
        Case("byte-order-mark-inside", [(1, ["a"]), (2, ["\u{FEFF}b"])]),
        Case("nul", [(1, ["a", "b"]), (2, ["1", "x\0y"])]),
        Case("other-line-separators", [(1, ["a\u{2028}b", "c\u{85}d", "e\u{B}f\u{C}g"]), (2, ["1", "2", "3"])]),
        Case("control-characters", [(1, ["\u{1}", "\u{1B}[31m", "\u{7F}"])]),
        // Records of another length, which are not the reader's concern.
        Case("too-few-fields", [(1, ["a", "b", "c"]), (2, ["1", "2"]), (3, ["3"]), (4, ["4", "5", "6"])]),
        Case("too-many-fields", [(1, ["a", "b"]), (2, ["1", "2", "3"])]),
        Case("trailing-delimiters", [(1, ["a", "b", ""]), (2, ["1", "2", ""])]),
        Case("leading-delimiters", [(1, ["", "a"]), (2, ["", "1"])]),
        Case("repeated-and-nameless-columns", [(1, ["a", "a", "", ""]), (2, ["1", "2", "3", "4"])]),
        Case("wide", [(1, Array(repeating: "x", count: 300))]),
        // Other delimiters.
        Case("tabs", [(1, ["a", "b c", ""]), (2, ["1", "x\ty", "2,5"])], delimiter: "\t"),
        Case("semicolons", [(1, ["a", "b"]), (2, ["1", "2,5"]), (3, ["x;y", "z"])], delimiter: ";"),
        Case("pipes", [(1, ["a", "b"]), (2, ["1", "x|y"]), (3, ["", ""])], delimiter: "|"),
        Case("tabs-read-with-commas", [(1, ["a\tb"]), (2, ["1\t2"])]),
        // Broken.
        Case("unclosed-quote", [(1, ["a", "b"])], .unclosed(line: 2, column: 3)),
        Case("unclosed-quote-at-the-end", [(1, ["a", "b"]), (2, ["1", "2"])], .unclosed(line: 3, column: 3)),
        Case("one-quote", [], .unclosed(line: 1, column: 1)),
        Case("unclosed-behind-doubled-quote", [(1, ["a"])], .unclosed(line: 2, column: 1)),
        Case("text-behind-quote", [(1, ["a", "b"])], .textBehind(line: 2, column: 4)),
        Case("quoted-twice", [(1, ["a"])], .textBehind(line: 2, column: 5)),
        Case("text-behind-quote-of-several-lines", [(1, ["a", "b"])], .textBehind(line: 4, column: 3)),
        Case("backslash-before-quote", [(1, ["a"])], .textBehind(line: 2, column: 5)),
        Case(
            "quote-inside",
            [(1, ["a", "b"])],
            .quoteInside(line: 2, column: 4),
            python: "takes a quote inside a field for text"
        ),
        Case(
            "quote-at-the-end-of-a-field",
            [(1, ["a"])],
            .quoteInside(line: 2, column: 2),
            python: "takes a quote inside a field for text"
        ),
        Case("latin-1", [(1, ["a", "b"])], .notUTF8(line: 2, column: 5)),
        Case("utf-16", [(1, ["a", "b"])], python: "is told to read UTF-8"),
        Case("cut-character", [(1, ["a"])], .notUTF8(line: 2, column: 1)),
        Case("surrogates", [(1, ["a"])], .notUTF8(line: 2, column: 2)),
    ]

    @Test("each file holds what it should", arguments: cases)
    func holds(_ testCase: Case) throws {
        let bytes = try testCase.bytes
        let delimiter = try #require(CSVDelimiter(testCase.delimiter))
        for blockSize in [1, 2, 3, 1 << 16] {
            let reading = Reading(of: bytes, blockSize: blockSize, delimiter: delimiter)
            #expect(reading == testCase.reading, "blocks of \(blockSize)")
        }
    }

    @Test("each file is in the table")
    func complete() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(Set(files) == Set(Self.cases.map { "\($0.name).csv" }))
    }
}
