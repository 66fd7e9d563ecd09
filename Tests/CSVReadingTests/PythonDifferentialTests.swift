import CSVReading
import CSVTestKit
import Foundation
import SeededRandom
import TestKit
import Testing

@Suite("CSVReader beside Python's csv module")
struct PythonDifferentialTests {
    private struct Answer: Decodable {
        struct Row: Decodable {
            var line: Int
            var fields: [String]
        }

        var rows: [Row]
        var broken: Bool

        func agrees(with reading: Reading) -> Bool {
            // Python decodes a block at a time, and so refuses what is no UTF-8 before it has given the records before.
            guard !broken else { return reading.error != nil && reading.rows.count >= rows.count }
            return reading == Reading(rows: rows.map { Reading.Row(line: $0.line, fields: $0.fields) })
        }
    }

    private func pythonReads(_ files: [(bytes: [UInt8], delimiter: UInt8)]) throws -> [Answer] {
        let folder = try TemporaryFolder()
        for (index, file) in files.enumerated() {
            try folder.write("\(1000 + index)\(Character(Unicode.Scalar(file.delimiter))).csv", bytes: file.bytes)
        }
        let lines = try SystemProgram.run(StandIn.command("read_csv"), in: folder.url)
            .split(separator: UInt8(ascii: "\n"))
        try #require(lines.count == files.count)
        return try lines.map { try JSONDecoder().decode(Answer.self, from: Data($0)) }
    }

    @Test("both read the same records on the same lines")
    func sameRecords() throws {
        let files = (0..<200).map { Self.validFile(seed: UInt64($0)) }
        for (seed, answer) in try pythonReads(files.map { ($0, UInt8(ascii: ",")) }).enumerated() {
            #expect(!answer.broken && answer.agrees(with: Reading(of: files[seed])), "seed \(seed)")
        }
    }

    @Test("both read the corpus alike, but for the files of which it says how not")
    func corpus() throws {
        let cases = CSVCorpusTests.cases
        let answers = try pythonReads(try cases.map { (try $0.bytes, $0.delimiter) })
        for (testCase, answer) in zip(cases, answers) {
            #expect(answer.agrees(with: testCase.reading) == (testCase.python == nil), "\(testCase.name): \(answer)")
        }
    }

    @Test("Python reads what CSVWriter writes")
    func written() throws {
        var files: [(bytes: [UInt8], delimiter: UInt8)] = []
        var records: [[[String]]] = []
        for seed in 0..<200 as Range<UInt64> {
            var random = SplitMix64(seed: seed)
            let delimiter = try #require([CSVDelimiter.comma, .tab].randomElement(using: &random))
            var writer = CSVWriter(delimiter: delimiter)
            let written = (0..<5).map { _ in
                (0..<Int.random(in: 1...3, using: &random)).map { _ in Self.field(using: &random) }
            }
            for record in written {
                for field in record { writer.append(field) }
                writer.endRecord()
            }
            files.append((writer.bytes, delimiter.byte))
            records.append(written)
        }
        for (seed, answer) in try pythonReads(files).enumerated() {
            #expect(!answer.broken && answer.rows.map(\.fields) == records[seed], "seed \(seed)")
        }
    }

    private static func field(using random: inout SplitMix64) -> String {
        let parts = [
            "a", "b", "7", " ", "\t", ",", "\"", "\n", "\r", "\r\n", "é", "😀", "\u{2028}", "\u{85}", "\u{C}", "{}",
        ]
        return (0..<Int.random(in: 0...5, using: &random))
            .map { _ in parts[Int.random(in: 0..<parts.count, using: &random)] }.joined()
    }

    /// Records in a random mixture of quoting and line ends. Blanks at the ends of a field stand in quotes: Python
    /// keeps them outside, too.
    private static func validFile(seed: UInt64) -> [UInt8] {
        var random = SplitMix64(seed: seed)
        func pick<Element>(_ choices: [Element]) -> Element {
            choices[Int.random(in: 0..<choices.count, using: &random)]
        }
        var text = pick(["", "\u{FEFF}"])
        for _ in 0..<Int.random(in: 0...20, using: &random) {
            let fields = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                let field = field(using: &random)
                let mustQuote = field.utf8.contains { ",\"\r\n".utf8.contains($0) }
                let hasOuterBlanks = [" ", "\t"].contains { field.hasPrefix($0) || field.hasSuffix($0) }
                guard mustQuote || hasOuterBlanks || pick([true, false, false]) else { return field }
                return "\"\(field.replacing("\"", with: "\"\""))\""
            }
            text += fields.joined(separator: ",") + pick(["\n", "\n", "\r\n", "\r", "\n\r\n"])
        }
        if pick([true, false]), text.hasSuffix("\n") { text.removeLast() }
        return Array(text.utf8)
    }
}
