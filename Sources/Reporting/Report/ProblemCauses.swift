package import Ledger
import LinkImport
import LinkRows
import PingOneClient

/// The rows that are not linked, grouped by why that is.
package struct ProblemCauses: Sendable, Equatable {
    /// What some rows have in common.
    package struct Cause: Sendable, Hashable {
        package var state: LinkState
        /// `HTTP 404 NOT_FOUND`, or the code of a rule; empty where none is known.
        package var code: String
        /// What is behind the code, without what differs from row to row.
        package var detail: String
        /// What to do about it.
        package var hint: String
    }

    /// The rows of one cause.
    package struct Group: Sendable, Equatable {
        package var cause: Cause
        package var rows: Int
        /// The first lines, by the file name of their input.
        package var examples: [Example]
    }

    /// Lines of one input.
    package struct Example: Sendable, Equatable {
        package var source: String
        package var lines: [Int]
    }

    /// So many lines are named for each cause.
    static let examples = 5
    /// Beyond so many causes, rows are only grouped by code: a hostile input must not fill the memory.
    private static let limit = 500

    private var groups: [Cause: Group] = [:]

    package init() {}

    /// The most frequent first.
    package var sorted: [Group] {
        groups.values.sorted {
            ($1.rows, $0.cause.state.rawValue, $0.cause.code, $0.cause.detail)
                < ($0.rows, $1.cause.state.rawValue, $1.cause.code, $1.cause.detail)
        }
    }

    package mutating func add(_ row: ResultRow) {
        let problem = RowProblem(row)
        var cause = Cause(
            state: row.state,
            code: problem.cause,
            detail: Self.common(row.errorDetail ?? "", column: row.errorColumn),
            hint: row.isBeingUndone ? Self.undoHint : problem.hint(for: row.state)
        )
        if groups[cause] == nil, groups.count >= Self.limit { cause.detail = "" }
        groups[cause, default: Group(cause: cause, rows: 0, examples: [])].add(row)
    }

    private static let undoHint = "Run undo again: whether the link is gone is looked up first."

    /// A detail without line numbers, lengths and times, and without names that stand in quotes but the column's.
    private static func common(_ detail: String, column: String?) -> String {
        let column = column.map(RowIssue.place(ofColumn:)) ?? ""
        let rest = detail.dropFirst(column.count)
        let unquoted = rest.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .map { $0.offset.isMultiple(of: 2) ? String($0.element) : "\"…\"" }.joined()
        var previous: Substring = ""
        let words = unquoted.split(separator: " ", omittingEmptySubsequences: false).map { word in
            defer { previous = word }
            let isNumber =
                !word.isEmpty && word.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            return isNumber && previous != "HTTP" ? "…" : word
        }
        return column + words.joined(separator: " ")
    }
}

extension ProblemCauses.Group {
    fileprivate mutating func add(_ row: ResultRow) {
        rows += 1
        guard rows <= ProblemCauses.examples else { return }
        let source = ReportText.fileName(row.source)
        if let place = examples.firstIndex(where: { $0.source == source }) {
            examples[place].lines.append(row.line)
        } else {
            examples.append(.init(source: source, lines: [row.line]))
        }
    }
}
