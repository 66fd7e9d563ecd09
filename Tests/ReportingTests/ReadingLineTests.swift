import LinkRows
import Reporting
import Testing

@Suite("The live line while an input is read")
struct ReadingLineTests {
    private let line = ReadingLine(name: "users.csv", progress: ReadingProgress(rows: 1_200_000))

    @Test(
        "says what is read and how far that is, as far as there is room",
        arguments: [
            (80, "reading users.csv: 1,200,000 rows"), (33, "reading users.csv: 1,200,000 rows"),
            (32, "reading 1,200,000 rows"), (21, "1,200,000 rows"), (13, ""),
        ]
    )
    func widths(width: Int, text: String) {
        #expect(line.line(width: width, isColoured: true) == text)
    }

    @Test("a second reading knows how far it has to go")
    func total() {
        let progress = ReadingProgress(rows: 4096, total: 1_200_000)
        let second = ReadingLine(name: "users.csv", progress: progress)
        #expect(second.line(width: 79, isColoured: false) == "reading users.csv: 4,096 of 1,200,000 rows")
        #expect(second.text == "reading users.csv: 4,096 of 1,200,000 rows")
        #expect(second.figures.mapValues(\.description) == ["rows_read": "4096", "rows_total": "1200000"])
        #expect(line.figures.mapValues(\.description) == ["rows_read": "1200000"])
    }

    @Test("names whose width nobody knows are for the log only", arguments: ["用户.csv", "a\u{1B}[2J.csv", "é.csv"])
    func names(name: String) {
        let line = ReadingLine(name: name, progress: ReadingProgress(rows: 1))
        #expect(line.line(width: 79, isColoured: false) == "reading 1 rows")
        #expect(line.text == "reading \(name): 1 rows")
    }
}
