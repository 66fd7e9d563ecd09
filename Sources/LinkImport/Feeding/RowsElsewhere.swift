package import Ledger
import LinkRows

/// A row, and as what the ledger knows it.
typealias ResolvedRow = (row: LinkRow, candidate: Candidate)

/// The rows of this input that other processes have in hand. They are few: each process has as many as its workers and
/// their queue hold.
struct RowsElsewhere {
    private(set) var rows: [ResolvedRow] = []
    /// The lines of rows that this process had in hand and has lost.
    private(set) var lostLines: Set<Int> = []
    /// One of the others.
    private(set) var holder: RowHolder?
    /// So many rows are asked for again while the input is still read.
    private var many = Self.fewest

    private static let fewest = 1_024

    /// Whether it is time to ask whether the others have brought them to their ends.
    var areMany: Bool { rows.count >= many }

    mutating func add(_ row: ResolvedRow, _ holder: RowHolder) {
        rows.append(row)
        self.holder = holder
    }

    mutating func add(lost row: ResolvedRow) {
        lostLines.insert(row.row.line)
        rows.append(row)
    }

    mutating func takeAll() -> [ResolvedRow] {
        defer {
            many = max(Self.fewest, 2 * rows.count)
            rows = []
            holder = nil
        }
        return rows
    }

    /// What this process waits for; nil if it is for nobody.
    var awaited: AwaitedRows? { holder.map { AwaitedRows(count: rows.count, holder: $0) } }
}

/// Rows that other processes have in hand, and one of these.
package struct AwaitedRows: Sendable, Equatable {
    package var count: Int
    package var holder: RowHolder

    package init(count: Int, holder: RowHolder) {
        self.count = count
        self.holder = holder
    }

    /// `120 rows that host b, process 71, holds; its lease ends in 12 s`.
    package var text: String {
        "\(DigitGroups.text(count)) \(count == 1 ? "row" : "rows") that host \(holder.host), process \(holder.processID), "
            + "holds; its lease ends in \(max(0, holder.leaseEndsIn.components.seconds)) s"
    }
}
