/// Columns for people: as wide as their widest cell, two blanks apart.
package enum TextTable {
    /// Line breaks in cells are shown as `\n`: a cell must not look like a row.
    package static func text(_ rows: [[String]]) -> String {
        let rows = rows.map {
            $0.map { $0.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).joined(separator: "\\n") }
        }
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let padded = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            let line = padded.joined(separator: "  ")
            return line.lastIndex { $0 != " " }.map { String(line[...$0]) } ?? ""
        }.joined(separator: "\n")
    }
}
