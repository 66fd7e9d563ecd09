import DurableSteps
import GRDB
package import Ledger

extension SQLiteLedger {
    package func beginRun(_ start: RunStart) throws(LedgerError) {
        try committer.transact(reaching: .runBegun) { transaction, session in
            precondition(session.run == nil, "run \(start.id) began before the one before it ended")
            let database = transaction.database
            try database.execute(sql: "INSERT OR IGNORE INTO inputs (name) VALUES (?)", arguments: [start.inputName])
            let input = try Int64.fetchOne(
                database,
                sql: "SELECT id FROM inputs WHERE name = ?",
                arguments: [start.inputName]
            )
            guard let input else { throw UnreadableValue() }
            try database.execute(
                sql: """
                    INSERT INTO run_records (kind, run_id, started_ms, source, input, part, environment, host, rows)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    start.kind.code, start.id, transaction.now, start.source, input, start.part.code,
                    try start.place.map { try session.identifiers.number(ofEnvironment: $0.environment, in: database) },
                    start.place?.host, start.rows,
                ]
            )
            session.run = WriterSession.Run(
                number: database.lastInsertedRowID,
                input: input,
                lastLink: try Int64.fetchOne(database, sql: "SELECT max(id) FROM links") ?? 0,
                hasBegunReading: start.part == .retry
            )
        }
    }

    package func beginReading() throws(LedgerError) {
        try committer.transact(reaching: .readingBegun) { transaction, session in
            _ = try session.readingRun(in: transaction.database)
        }
    }

    package func endRun(_ end: RunEnd) throws(LedgerError) {
        try committer.transact(reaching: .runEnded) { transaction, session in
            let run = session.openRun()
            try transaction.database.execute(
                sql: """
                    UPDATE run_records SET ended_ms = ?, source_sha256 = ?, rows = ?, exit_code = ?, stopped_by = ?,
                        linked = ?, repeated = ?, unsent = ?, fingerprint = ?
                    WHERE id = ?
                    """,
                arguments: [
                    transaction.now, end.sha256, end.rows, end.exitCode, end.stoppedBy, end.counts?.linked,
                    end.counts?.repeated, end.counts?.unsent, end.fingerprint.map { Int64(bitPattern: $0) }, run.number,
                ]
            )
            for warning in end.warnings {
                try transaction.database.execute(
                    sql: "INSERT INTO run_warnings (run, kind, count, first_line, names) VALUES (?, ?, ?, ?, ?)",
                    arguments: [
                        run.number, warning.kind, warning.count, warning.firstLine,
                        warning.names.joined(separator: "\n"),
                    ]
                )
            }
            session.run = nil
        }
    }

    /// - Complexity: reads all links once where the run has linked some and was not the first one.
    package func otherAccounts() throws(LedgerError) -> (count: Int, firstLine: Int) {
        try committer.transact { transaction, session in
            try OtherAccounts(transaction.database, after: session.openRun().lastLink).find()
        }
    }

    /// - Complexity: a few steps in indexes, however many links there are.
    package func finishedRun(fingerprint: UInt64) throws(LedgerError) -> FinishedRun? {
        try committer.transact { transaction, _ in
            let run = try Row.fetchOne(
                transaction.database,
                sql: Self.finishedRunQuery,
                arguments: [Int64(bitPattern: fingerprint)]
            )
            return try run.map { run in
                try FinishedRun(
                    runID: run.decode(atIndex: 0),
                    rows: run.decode(atIndex: 1),
                    sourceSHA256: run.decode(atIndex: 2)
                )
            }
        }
    }

    static var finishedRunQuery: String {
        let open = Set(LinkState.allCases).subtracting([.linked, .alreadyLinked]).map(\.code).sorted()
        return """
            SELECT run_id, rows, source_sha256 FROM run_records
            WHERE id = (SELECT max(id) FROM run_records) AND fingerprint = ? AND exit_code = 0 AND stopped_by IS NULL
                AND rows IS NOT NULL AND source_sha256 IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM links WHERE state <> \(LinkState.linked.code)
                    AND state IN (\(open.map(String.init).joined(separator: ", "))))
            """
    }
}
