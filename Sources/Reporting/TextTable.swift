/// Columns for people: as wide as their widest line, two blanks apart, or one where room is short.
package enum TextTable {
    /// Line breaks in cells are shown as `\n`: a cell must not look like a row.
    ///
    /// `width`: that a table of three columns must fit into; cells of the second and the third are broken into lines. The
    /// second has room for a UUID first.
    package static func text(_ rows: [[String]], width: Int? = nil) -> String {
        var rows = rows.map {
            $0.map { $0.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).joined(separator: "\\n") }
        }
        if let width { rows = broken(rows, width: width) }
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let padded = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            let line = padded.joined(separator: width == nil ? "  " : " ")
            return line.lastIndex { $0 != " " }.map { String(line[...$0]) } ?? ""
        }.joined(separator: "\n")
    }

    private static func broken(_ rows: [[String]], width: Int) -> [[String]] {
        func widest(_ column: Int) -> Int { rows.map { $0[column].count }.max() ?? 0 }
        let room = width - widest(0) - 2
        let second = max(min(widest(1), 36, room - 8), room - widest(2))
        let third = max(8, room - min(second, widest(1)))
        return rows.flatMap { row in
            let cells = [[row[0]], WrappedText.lines(row[1], width: second), WrappedText.lines(row[2], width: third)]
            return (0..<max(cells[1].count, cells[2].count)).map { line in
                cells.map { line < $0.count ? $0[line] : "" }
            }
        }
    }
}
