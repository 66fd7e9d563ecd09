import GRDB
package import Ledger

extension SQLiteLedgerReader {
    /// - Complexity: reads each row once; the memory is a run's few hundred ticks, for one that was killed two a second.
    package func activity() throws(LedgerError) -> LedgerActivity {
        try read { database in
            let kind = try database.hasColumn("kind", in: "run_records")
            let runs = try Row.fetchAll(
                database,
                sql: """
                    SELECT id, run_id, started_ms, ended_ms, \(kind ? "kind = \(RunKind.undoing.code)" : "0")
                    FROM run_records ORDER BY id
                    """
            ).map { try ActivityTally.Run(SQLiteRow($0)) }
            var tally = try ActivityTally(runs: runs, pace: PaceTable(database).all(), runsOverlap: false)
            let rows = try Row.fetchCursor(
                database,
                sql: "SELECT run, updated_ms, latency_ms, state IN (\(LinkState.settledCodes)) FROM links"
            )
            while let row = try rows.next().map(SQLiteRow.init) {
                if let latency = try row.optionalInt(2) { tally.note(latency: latency) }
                guard try row.bool(3) else { continue }
                tally.note(settled: try row.integer(1), ofRun: try row.integer(0))
            }
            return tally.activity
        }
    }
}
