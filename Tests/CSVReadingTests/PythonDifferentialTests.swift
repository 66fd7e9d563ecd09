import CSVReading
import Foundation
import SeededRandom
import Testing

@Suite("CSVReader beside Python's csv module")
struct PythonDifferentialTests {
    /// Prints, for each file of the folder in order of its name, its records as [line, fields].
    private static let script = """
        import csv, json, os
        for name in sorted(os.listdir(".")):
            if not name.endswith(".csv"): continue
            with open(name, newline="", encoding="utf-8-sig") as file:
                reader, rows, line = csv.reader(file, strict=True), [], 0
                for fields in reader:
                    if fields: rows.append({"line": line + 1, "fields": fields})
                    line = reader.line_num
                print(json.dumps(rows))
        """

    private struct Row: Decodable {
        var line: Int
        var fields: [String]
    }

    @Test("both read the same records on the same lines")
    func sameRecords() throws {
        let folder = try TemporaryFolder()
        let files = (0..<200).map { Self.validFile(seed: UInt64($0)) }
        for (index, file) in files.enumerated() {
            _ = try folder.write(file, to: "\(1000 + index).csv")
        }
        let output = try folder.run("python3", "-c", Self.script)
        let lines = output.split(separator: UInt8(ascii: "\n"))
        try #require(lines.count == files.count)
        for (index, line) in lines.enumerated() {
            let rows = try JSONDecoder().decode([Row].self, from: Data(line))
            let expected = Reading(rows: rows.map { Reading.Row(line: $0.line, fields: $0.fields) })
            #expect(Reading(of: files[index]) == expected, "seed \(index)")
        }
    }

    /// Records in a random mixture of quoting and line ends. Blanks at the ends of a field stand in quotes: Python
    /// keeps them outside, too.
    private static func validFile(seed: UInt64) -> [UInt8] {
        var random = SplitMix64(seed: seed)
        let parts = [
            "a", "b", "7", " ", "\t", ",", "\"", "\n", "\r", "\r\n", "é", "😀", "\u{2028}", "\u{85}", "\u{C}", "{}",
        ]
        func pick<Element>(_ choices: [Element]) -> Element {
            choices[Int.random(in: 0..<choices.count, using: &random)]
        }
        var text = pick(["", "\u{FEFF}"])
        for _ in 0..<Int.random(in: 0...20, using: &random) {
            let fields = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                let field = (0..<Int.random(in: 0...5, using: &random)).map { _ in pick(parts) }.joined()
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
