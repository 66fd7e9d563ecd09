import DurableSteps
import GRDB

extension Ledger {
    /// Notes that a run begins. Everything that is admitted, recorded or settled from now on belongs to it.
    ///
    /// - Parameters:
    ///   - id: unique among all runs.
    ///   - source: the input as the user named it, for the views.
    ///   - inputName: the input's name in a form that is the same in each run, such as its absolute path.
    /// - Throws: `writeFailed`, or what an earlier call threw.
    package func beginRun(id: String, source: String, inputName: String) throws(LedgerError) {
        try committer.transact(reaching: .runBegun) { transaction, session in
            precondition(session.run == nil, "run \(id) began before the one before it ended")
            let database = transaction.database
            try database.execute(sql: "INSERT OR IGNORE INTO inputs (name) VALUES (?)", arguments: [inputName])
            let input = try Int64.fetchOne(
                database,
                sql: "SELECT id FROM inputs WHERE name = ?",
                arguments: [inputName]
            )
            guard let input else { throw UnreadableValue() }
            try database.execute(
                sql: "INSERT INTO run_records (run_id, started_ms, source, input) VALUES (?, ?, ?, ?)",
                arguments: [id, transaction.now, source, input]
            )
            session.run = WriterSession.Run(number: database.lastInsertedRowID, input: input)
        }
    }

    /// Forgets the invalid rows that earlier runs found in this run's input, because it is now read anew.
    ///
    /// ``admit(_:deciding:)`` and ``recordInvalid(_:)`` do so by themselves in the transaction of their first call; only
    /// an input without any row needs this.
    package func beginReading() throws(LedgerError) {
        try committer.transact(reaching: .readingBegun) { transaction, session in
            _ = try session.readingRun(in: transaction.database)
        }
    }

    /// Notes how the run ended, after everything that was recorded before. Another one may begin.
    ///
    /// - Parameters:
    ///   - rows: the rows of the input, as far as they are known.
    ///   - sha256: the digest of the input in hexadecimal, if it was read to its end.
    ///   - exitCode: what the process is about to end with.
    ///   - stoppedBy: what stopped the run before the end of its input, nil if nothing did.
    /// - Throws: `writeFailed`, or what an earlier call threw.
    package func endRun(rows: Int?, sha256: String?, exitCode: Int, stoppedBy: String?) throws(LedgerError) {
        try committer.transact(reaching: .runEnded) { transaction, session in
            let run = session.openRun()
            try transaction.database.execute(
                sql: """
                    UPDATE run_records SET ended_ms = ?, source_sha256 = ?, rows = ?, exit_code = ?, stopped_by = ?
                    WHERE id = ?
                    """,
                arguments: [transaction.now, sha256, rows, exitCode, stoppedBy, run.number]
            )
            session.run = nil
        }
    }
}
