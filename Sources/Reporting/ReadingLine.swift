package import LinkRows

/// How far the first reading of a file is, before anything is sent.
package struct ReadingLine: LiveText {
    /// Of the input, for people.
    package var name: String
    package var progress: ReadingProgress

    package init(name: String, progress: ReadingProgress) {
        self.name = name
        self.progress = progress
    }

    /// `reading users.csv: 1,200,000 rows`; a name that does not fit, or whose width nobody knows, is left out.
    package func line(width: Int, isColoured: Bool) -> String {
        guard rows.count <= width else { return "" }
        var parts = [LineLayout.Part(text: "reading", rank: 1)]
        if name.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) {
            parts.append(.init(text: "\(name):", rank: 2, gap: 1))
        }
        parts.append(.init(text: rows, rank: 0, gap: 1))
        return LineLayout(parts: parts).line(width: width, isColoured: isColoured)
    }

    /// `reading users.csv: 1,200,000 rows`, or `400,000 of 1,200,000 rows` the second time.
    package var text: String { "reading \(name): \(rows)" }

    package var figures: [String: any Sendable & CustomStringConvertible] {
        var figures: [String: any Sendable & CustomStringConvertible] = ["rows_read": progress.rows]
        figures["rows_total"] = progress.total
        return figures
    }

    private var rows: String {
        let total = progress.total.map { " of \(DigitGroups.text($0))" } ?? ""
        return "\(DigitGroups.text(progress.rows))\(total) rows"
    }
}
