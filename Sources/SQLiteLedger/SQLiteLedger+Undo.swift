import DurableSteps
import GRDB
package import Ledger

extension SQLiteLedger {
    package func hasRun(_ id: String) throws(LedgerError) -> Bool {
        try committer.transact { transaction, _ in
            let sql = "SELECT EXISTS (SELECT * FROM run_records WHERE run_id = ?)"
            return try Bool.fetchOne(transaction.database, sql: sql, arguments: [id]) == true
        }
    }

    package func undoExtent(_ choice: UndoChoice) throws(LedgerError) -> UndoExtent {
        try committer.transact { transaction, _ in
            try UndoTable(transaction.database, now: transaction.now).extent(of: choice)
        }
    }

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

    package func endUndoing(_ ticket: Ticket, as outcome: UndoOutcome, completion: @escaping RecordCompletion) {
        committer.enqueue(.init(change: .endUndoing(ticket, outcome), completion: completion))
    }

    package func forgetUndoing(_ ticket: Ticket) throws(LedgerError) {
        try committer.transact(reaching: .undoForgotten) { transaction, _ in
            try UndoTable(transaction.database, now: transaction.now).forget(ticket)
        }
    }
}
