import GRDB
import Ledger

extension SQLiteLedgerReader {
    /// To be asked before this process opens the ledger, see ``LedgerLock/isHeld(_:)``.
    static func liveRunID(inLedger path: String) -> String? {
        guard LedgerLock.isHeld(path), let connection = try? LedgerConnection.openUntouched(path) else { return nil }
        defer { try? connection.close() }
        return try? connection.read { database in
            // Who holds it may be at something else, a verification: its run began after it took the ledger.
            guard let holder = try LedgerConnection.holder(database) else { return nil }
            return try String.fetchOne(
                database,
                sql: """
                    SELECT run_id FROM run_records WHERE ended_ms IS NULL AND started_ms >= ? ORDER BY id DESC LIMIT 1
                    """,
                arguments: [holder.since.millisecondsSince1970]
            )
        }
    }
}
