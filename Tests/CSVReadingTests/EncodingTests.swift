import CSVReading
import CSVTestKit
import Foundation
import SeededRandom
import TestKit
import Testing

@Suite("Encodings, beside Python's codecs and csv")
struct EncodingTests {
    /// As iconv and Python know it; `mark`: what stands at the start instead of a flag.
    struct Case: Sendable, CustomTestStringConvertible {
        var iconv: String
        var python: String
        var mark: [UInt8] = []
        /// Characters that it has besides ASCII.
        var letters = ["é", "ß", "Ü"]

        var testDescription: String { "\(iconv), \(mark)" }
    }

    static let cases = [
        Case(iconv: "UTF-8", python: "utf-8", mark: [0xEF, 0xBB, 0xBF], letters: ["é", "😀", "日"]),
        Case(iconv: "UTF-8", python: "utf-16-le", mark: [0xFF, 0xFE], letters: ["é", "😀", "日", "\u{FFFD}"]),
        Case(iconv: "UTF-8", python: "utf-16-be", mark: [0xFE, 0xFF], letters: ["é", "😀", "日"]),
        Case(iconv: "UTF-8", python: "utf-32-le", mark: [0xFF, 0xFE, 0, 0], letters: ["é", "😀"]),
        Case(iconv: "windows-1252", python: "utf-16-le", mark: [0xFF, 0xFE], letters: ["é", "€"]),
        Case(iconv: "UTF-16LE", python: "utf-16-le", letters: ["é", "😀"]),
        Case(iconv: "UTF-16BE", python: "utf-16-be", letters: ["é", "😀"]),
        Case(iconv: "windows-1252", python: "cp1252", letters: ["é", "€", "„"]),
        Case(iconv: "ISO-8859-15", python: "iso8859-15", letters: ["é", "€"]),
        Case(iconv: "MACINTOSH", python: "mac-roman", letters: ["é", "ß"]),
        Case(iconv: "IBM850", python: "cp850"), Case(iconv: "KOI8-R", python: "koi8-r", letters: ["ж", "Я"]),
        Case(iconv: "SHIFT_JIS", python: "shift_jis", letters: ["日", "本", "ｱ"]),
        Case(iconv: "GB18030", python: "gb18030", letters: ["中", "😀", "é"]),
        Case(iconv: "BIG5", python: "big5", letters: ["中", "文"]),
        Case(iconv: "ISO-2022-JP", python: "iso2022_jp", letters: ["日", "本"]),
        Case(iconv: "EUC-KR", python: "euc_kr", letters: ["한", "국"]),
    ]

    @Test("the same records, wherever blocks end", arguments: cases)
    func same(_ testCase: Case) throws {
        let folder = try TemporaryFolder()
        var names: [String] = []
        for seed in 0..<4 as Range<UInt64> {
            var random = SplitMix64(seed: seed)
            let text = Self.text(testCase.letters, isLong: seed == 0, using: &random)
            names.append(try folder.write("\(100 + seed).csv", text))
        }
        let mark = testCase.mark.map { String(format: "%02x", $0) }.joined()
        let lines = try SystemProgram.run(StandIn.command("encode_csv") + [testCase.python, mark], in: folder.url)
            .split(separator: UInt8(ascii: "\n"))
        try #require(lines.count == names.count)
        let encoding = try #require(TextEncoding(testCase.iconv))
        for (name, line) in zip(names, lines) {
            let expected = try JSONDecoder().decode([[String]].self, from: Data(line))
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: name)))
            for blockSize in bytes.count < 10_000 ? [1, 3, 7, 1 << 16] : [1 << 16] {
                let source = InputSource(bytes: bytes, name: "users.csv", blockSize: blockSize)
                let reading = Reading(of: source, encoding: encoding)
                #expect(reading.error == nil)
                #expect(reading.rows.map(\.fields) == expected, "\(name), blocks of \(blockSize)")
            }
        }
    }

    /// `isLong`: whether it is longer than the buffers.
    private static func text(_ letters: [String], isLong: Bool, using random: inout SplitMix64) -> String {
        let parts = ["a", "7", ";", "\"\"", "\n", "\r\n", ","] + letters + letters
        let rows = isLong ? 2500 : 5
        return (0..<rows).map { _ in
            (0..<Int.random(in: 1...4, using: &random)).map { _ in
                "\"" + (0..<6).map { _ in parts[Int.random(in: 0..<parts.count, using: &random)] }.joined() + "x\""
            }.joined(separator: ",") + "\r\n"
        }.joined()
    }

    @Test("bytes that do not fit, with their place")
    func unfit() throws {
        let encoding = try #require(TextEncoding("windows-1252"))
        let cut = InputSource(bytes: Array("a,b\nä".utf16.flatMap { [UInt8($0 & 255), 0] }) + [0x41], name: "x.csv")
        let utf16 = try #require(TextEncoding("UTF-16LE"))
        #expect(
            Reading(of: cut, encoding: utf16).error
                == "\(CSVError.unfitText(at: CSVPosition(file: "x.csv", line: 2, column: 2), encoding: "UTF-16LE"))"
        )
        // 0x81 is no character of Windows-1252.
        let hole = InputSource(bytes: Array("a,b\n".utf8) + [0xE4, 0x81], name: "x.csv", blockSize: 1)
        #expect(
            Reading(of: hole, encoding: encoding).error
                == "x.csv: line 2, column 2: these bytes are not windows-1252. If the file is whole, its encoding is another "
                + "one: name it with --encoding (iconv -l lists them), or save the file as UTF-8."
        )
    }

    @Test("names that are none", arguments: ["", "nonsense", "utf-8//IGNORE", "latin 1", "UTF-16LE//TRANSLIT", "\0"])
    func unknown(name: String) {
        #expect(TextEncoding(name) == nil)
    }

    @Test("all spellings of UTF-8 are UTF-8", arguments: ["utf8", "UTF-8", "Utf8"])
    func utf8(name: String) {
        #expect(TextEncoding(name) == .utf8)
    }

    @Test("a mark at the start is dropped, and one before a quote that begins a record")
    func marks() {
        let text = "\u{FEFF}\u{FEFF}\"a\",b\n\u{FEFF}\"c\",d\n\u{FEFF}e,f"
        for blockSize in [1, 2, 5, 100] {
            let reading = Reading(of: Array(text.utf8), blockSize: blockSize)
            #expect(reading.error == nil)
            #expect(reading.rows.map(\.fields) == [["a", "b"], ["c", "d"], ["\u{FEFF}e", "f"]])
        }
    }
}
