import DurableSteps
import GRDB

/// Which links are to be removed from PingOne.
package struct UndoChoice: Sendable, Equatable {
    package var environment: String
    /// Only links that this run made; nil for all.
    package var runID: String?
    /// Also links that are known from a read-back only: that a POST of this ledger made them is likely, not certain.
    package var includesReadBack: Bool

    package init(environment: String, runID: String? = nil, includesReadBack: Bool = false) {
        self.environment = environment
        self.runID = runID
        self.includesReadBack = includesReadBack
    }
}

/// How many links an ``UndoChoice`` meets.
package struct UndoExtent: Sendable, Equatable {
    /// Links that will be removed.
    package var links: Int
    /// Links of the same runs that are known from a read-back only and were not chosen.
    package var leftOut: Int
    /// Rows of the same runs of which it is not known whether they are linked: an import settles them.
    package var inDoubt = 0
}

/// What became of a link that was to be removed.
package enum UndoOutcome: Sendable, Equatable {
    /// It is not there any more.
    case undone
    /// It certainly is as it was.
    case kept
}

extension Ledger {
    /// Whether the ledger has a run with this id, to the letter.
    package func hasRun(_ id: String) throws(LedgerError) -> Bool {
        try committer.transact { transaction, _ in
            let sql = "SELECT EXISTS (SELECT * FROM run_records WHERE run_id = ?)"
            return try Bool.fetchOne(transaction.database, sql: sql, arguments: [id]) == true
        }
    }

    /// How many links are to be removed, for people to agree to.
    package func undoExtent(_ choice: UndoChoice) throws(LedgerError) -> UndoExtent {
        try committer.transact { transaction, _ in
            try UndoTable(transaction.database, now: transaction.now).extent(of: choice)
        }
    }

    /// The next links to remove, in the order in which they were first admitted, and marks them: from now on their
    /// removal may have happened, which the ledger shows as `unsettled`, with what it knew of them besides. Durable when
    /// it returns.
    ///
    /// - Parameters:
    ///   - choice: which ones; among them are those that an earlier call has marked and that nobody has ended.
    ///   - last: the ticket of the last link of the previous call; nil for the first call.
    ///   - count: how many at most.
    /// - Returns: none at the end. Each is to be ended with ``endUndoing(_:as:completion:)`` as soon as it is known.
    /// - Throws: `writeFailed` or `damaged`, or what an earlier call threw; then nothing may be removed.
    package func beginUndoing(
        _ choice: UndoChoice,
        after last: Ticket?,
        count: Int
    ) throws(LedgerError) -> [ResultRow] {
        try committer.transact(reaching: .undoMarksCommitted) { transaction, _ in
            let table = UndoTable(transaction.database, now: transaction.now)
            let rows = try table.rows(of: choice, after: last, count: count)
            for ticket in rows.compactMap(\.ticket) { try table.begin(ticket) }
            return rows
        }
    }

    /// Hands in what became of a link that was to be removed, and returns at once; committed and completed as in
    /// ``record(_:for:completion:)``. A link of which that is not known stays as it was marked.
    package func endUndoing(
        _ ticket: Ticket,
        as outcome: UndoOutcome,
        completion: @escaping @Sendable (Result<Void, LedgerError>) -> Void
    ) {
        committer.enqueue(.init(change: .endUndoing(ticket, outcome), completion: completion))
    }

    /// Notes that a link whose removal was in doubt is gone and about to be made again. Durable when it returns: the POST
    /// may leave.
    ///
    /// - Parameter ticket: what this run's admission gave.
    /// - Throws: `writeFailed`, or what an earlier call threw; then nothing may be sent.
    package func forgetUndoing(_ ticket: Ticket) throws(LedgerError) {
        try committer.transact(reaching: .undoForgotten) { transaction, _ in
            try UndoTable(transaction.database, now: transaction.now).forget(ticket)
        }
    }
}
