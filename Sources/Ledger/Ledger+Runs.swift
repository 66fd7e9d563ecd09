import DurableSteps
import GRDB

/// Which rows of an input a run reads.
package enum InputPart: CaseIterable, Sendable {
    case whole
    /// The file with its rows whose data must change: whatever is wrong with the input stands in it.
    case rejects
    /// The file with its rows to try again: what it does not have stays as it is.
    case retry

    /// The number in the file; as fixed as ``LinkState/code``.
    var code: Int {
        switch self {
        case .whole: 0
        case .rejects: 1
        case .retry: 2
        }
    }
}

/// Where the rows of a run are to be linked.
package struct RunPlace: Sendable, Equatable {
    /// The environment's id.
    package var environment: String
    /// The API's, with the port where one was named.
    package var host: String

    package init(environment: String, host: String) {
        self.environment = environment
        self.host = host
    }
}

/// What a run came to with the rows of its input, as far as the ledger's links do not tell it.
package struct InputCounts: Sendable, Equatable {
    /// Rows that are linked now, by whichever run.
    package var linked: Int
    /// Rows that say the same as another one.
    package var repeated: Int
    /// Rows that were not sent yet.
    package var unsent: Int

    package init(linked: Int, repeated: Int, unsent: Int) {
        self.linked = linked
        self.repeated = repeated
        self.unsent = unsent
    }
}

/// Something suspicious about a run's input, in a form for the ledger.
package struct RunWarning: Sendable, Equatable {
    /// One word, the same for all time.
    package var kind: String
    package var count: Int
    package var firstLine: Int?
    /// Names from the header.
    package var names: [String]

    package init(kind: String, count: Int, firstLine: Int?, names: [String] = []) {
        self.kind = kind
        self.count = count
        self.firstLine = firstLine
        self.names = names
    }
}

/// A run after which every row of its input was done.
package struct FinishedRun: Sendable, Equatable {
    package var runID: String
    /// Rows of the input.
    package var rows: Int
    /// Of the input's bytes, as 64 hexadecimal digits.
    package var sourceSHA256: String
}

extension Ledger {
    /// Notes that a run begins. Everything that is admitted, recorded or settled from now on belongs to it.
    ///
    /// - Parameters:
    ///   - kind: what it does with its rows.
    ///   - id: unique among all runs.
    ///   - source: the input as the user named it, for the views.
    ///   - inputName: the input's name in a form that is the same in each run, such as its absolute path.
    ///   - part: which rows of that input this is.
    ///   - place: where its rows are to be linked.
    ///   - rows: how many rows the input has, where a first reading has counted them.
    /// - Throws: `writeFailed`, or what an earlier call threw.
    package func beginRun(
        _ kind: RunKind = .linking,
        id: String,
        source: String,
        inputName: String,
        part: InputPart = .whole,
        place: RunPlace? = nil,
        rows: Int? = nil
    ) throws(LedgerError) {
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
                sql: """
                    INSERT INTO run_records (kind, run_id, started_ms, source, input, part, environment, host, rows)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    kind.code, id, transaction.now, source, input, part.code,
                    try place.map { try session.identifiers.number(ofEnvironment: $0.environment, in: database) },
                    place?.host, rows,
                ]
            )
            session.run = WriterSession.Run(
                number: database.lastInsertedRowID,
                input: input,
                lastLink: try Int64.fetchOne(database, sql: "SELECT max(id) FROM links") ?? 0,
                hasBegunReading: part == .retry
            )
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
    ///   - counts: what became of the input's rows, for a run that has read all of them.
    ///   - warnings: what was suspicious about its input.
    ///   - fingerprint: of how the input was read, if another run that reads the same bytes so finds every row done.
    /// - Throws: `writeFailed`, or what an earlier call threw.
    package func endRun(
        rows: Int?,
        sha256: String?,
        exitCode: Int,
        stoppedBy: String?,
        counts: InputCounts? = nil,
        warnings: [RunWarning] = [],
        fingerprint: UInt64? = nil
    ) throws(LedgerError) {
        try committer.transact(reaching: .runEnded) { transaction, session in
            let run = session.openRun()
            try transaction.database.execute(
                sql: """
                    UPDATE run_records SET ended_ms = ?, source_sha256 = ?, rows = ?, exit_code = ?, stopped_by = ?,
                        linked = ?, repeated = ?, unsent = ?, fingerprint = ?
                    WHERE id = ?
                    """,
                arguments: [
                    transaction.now, sha256, rows, exitCode, stoppedBy, counts?.linked, counts?.repeated,
                    counts?.unsent,
                    fingerprint.map { Int64(bitPattern: $0) }, run.number,
                ]
            )
            for warning in warnings {
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

    /// Rows that this run has linked for users who had another account at the same provider in this ledger before: that
    /// link stays.
    ///
    /// - Returns: how many there are and the first of their lines.
    /// - Throws: `writeFailed`, or what an earlier call threw.
    /// - Complexity: reads all links once where the run has linked some and was not the first one.
    package func otherAccounts() throws(LedgerError) -> (count: Int, firstLine: Int) {
        try committer.transact { transaction, session in
            try OtherAccounts(transaction.database, after: session.openRun().lastLink).find()
        }
    }

    /// Looks whether the last run has left nothing to do. Any later one, of this input, of another or an `undo`, may have
    /// changed that.
    ///
    /// - Parameter fingerprint: of how the input is read now; what ``endRun(rows:sha256:exitCode:stoppedBy:fingerprint:)``
    ///   was given.
    /// - Returns: the last run of this ledger, if every row of its input was done after it and no row of this ledger is
    ///   anything else than linked.
    /// - Throws: `damaged`, or what an earlier call threw.
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
