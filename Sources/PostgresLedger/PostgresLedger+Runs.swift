import DurableSteps
package import FoundationEssentials
import Glibc
package import Ledger

extension PostgresLedger {
    package func beginRun(_ start: RunStart) throws(LedgerError) {
        try writer.transact(reaching: .runBegun) { [writer] connection, session in
            precondition(session.run == nil, "run \(start.id) began before the one before it ended")
            if start.inputName == "-" { try Self.takeAlone(.stream, session.owner, connection, writer.address) }
            if start.kind == .undoing { try Self.takeAlone(.rows, session.owner, connection, writer.address) }
            try Self.keepApart(start.kind, session.owner, connection, writer.address)
            try session.begin(start, renewals: 0, on: connection)
        }
    }

    package func beginReading() throws(LedgerError) {
        try writer.transact(reaching: .readingBegun) { connection, session in
            _ = try session.readingRun(on: connection)
        }
    }

    /// After the lease was lost, rows are taken by a new run of the same kind: what the old one had in hand is anybody's.
    func renewIfLost() throws(LedgerError) {
        guard lease.owner == nil else { return }
        let askedAt = BootClock.now
        let owner = try writer.transact(reaching: .runBegun) { [lease] connection, session in
            try connection.query("UPDATE processes SET is_over = true WHERE id = $1", PostgresValue(session.owner))
            let run = session.run
            session = WriterSession(owner: try Self.register(connection, lease: lease.length))
            if let run { try session.begin(run.start, renewals: run.renewals + 1, on: connection) }
            return session.owner
        }
        lease.renew(owner: owner, askedAt: askedAt)
    }

    package func endRun(_ end: RunEnd) throws(LedgerError) {
        try writer.transact(reaching: .runEnded) { connection, session in
            let run = session.openRun()
            try connection.query(
                """
                UPDATE run_records SET ended_ms = \(PostgresSchema.now), source_sha256 = $2, rows = $3, exit_code = $4,
                    stopped_by = $5, linked = $6, repeated = $7, unsent = $8, fingerprint = $9
                WHERE id = $1
                """,
                PostgresValue(run.number),
                PostgresValue(end.sha256),
                PostgresValue(end.rows),
                PostgresValue(end.exitCode),
                PostgresValue(end.stoppedBy),
                PostgresValue(end.counts?.linked),
                PostgresValue(end.counts?.repeated),
                PostgresValue(end.counts?.unsent),
                PostgresValue(end.fingerprint.map { Int64(bitPattern: $0) })
            )
            for warning in end.warnings {
                try connection.query(
                    "INSERT INTO run_warnings (run, kind, count, first_line, names) VALUES ($1, $2, $3, $4, $5)",
                    PostgresValue(run.number),
                    .text(warning.kind),
                    PostgresValue(warning.count),
                    PostgresValue(warning.firstLine),
                    .text(warning.names.joined(separator: "\n"))
                )
            }
            session.run = nil
        }
    }

    /// - Complexity: reads all links once where the run has linked some and was not the first one.
    package func otherAccounts() throws(LedgerError) -> (count: Int, firstLine: Int) {
        try writer.transact { connection, session in
            let run = session.openRun()
            guard run.lastLink > 0 else { return (0, 0) }
            try connection.takeTime()
            let found = try connection.query(
                """
                SELECT count(DISTINCT n.id), min(n.line) FROM links AS n JOIN links AS o
                    ON lower(o.user_id) = lower(n.user_id) AND o.provider = n.provider AND o.environment = n.environment
                WHERE n.id > $1 AND n.run = $2 AND n.state IN (\(LinkState.linkedCodes))
                    AND o.id <= $1 AND o.state IN (\(LinkState.linkedCodes))
                """,
                PostgresValue(run.lastLink),
                PostgresValue(run.number)
            )
            guard let row = found.first else { return (0, 0) }
            return (try row.int(0), try row.optionalInt(1) ?? 0)
        }
    }

    package func finishedRun(fingerprint: UInt64) throws(LedgerError) -> FinishedRun? {
        let open = LinkState.allCases.filter { ![.linked, .alreadyLinked].contains($0) }.map { String($0.code) }
        return try writer.transact { connection, _ in
            let found = try connection.query(
                """
                SELECT run_id, rows, source_sha256 FROM run_records
                WHERE id = (SELECT max(id) FROM run_records) AND fingerprint = $1 AND exit_code = 0
                    AND stopped_by IS NULL AND rows IS NOT NULL AND source_sha256 IS NOT NULL
                    AND NOT EXISTS (SELECT 1 FROM links WHERE state <> \(LinkState.linked.code)
                        AND state IN (\(open.joined(separator: ", "))))
                """,
                PostgresValue(Int64(bitPattern: fingerprint))
            )
            guard let row = found.first else { return nil }
            return try FinishedRun(runID: row.text(0), rows: row.int(1), sourceSHA256: row.text(2))
        }
    }

    package func kinds() throws(LedgerError) -> Set<RunKind> {
        try writer.transact { connection, _ in try LedgerQueries(connection).kinds() }
    }

    package func linkedRows(ofInput inputName: String, environment: String) throws(LedgerError) -> Int {
        try writer.transact { connection, _ in
            try LedgerQueries(connection).linkedRows(ofInput: inputName, environment: environment)
        }
    }

    package func heldRates(inEnvironment environment: String, since: Date) throws(LedgerError) -> HeldRates? {
        try writer.transact { connection, _ in
            // The latest first, and no further than to `since`: there may be years before.
            var samples = try PostgresCursor(
                connection,
                """
                SELECT p.at_ms, p.held, p.is_limit FROM pace AS p JOIN run_records AS r ON r.id = p.run
                    JOIN environments AS e ON e.id = r.environment
                WHERE lower(e.uuid) = lower($1) ORDER BY p.id DESC
                """,
                [.text(environment)],
                name: "pinglink_samples"
            )
            var search = HeldRateSearch(since: since)
            while let sample = try samples.next(),
                search.take(
                    at: try sample.integer(0),
                    held: try sample.optionalDouble(1),
                    isLimit: try sample.bool(2)
                )
            {}
            try samples.close()
            return search.rates
        }
    }

    package func hasRun(_ id: String) throws(LedgerError) -> Bool {
        try writer.transact { connection, _ in
            try connection.query("SELECT 1 FROM run_records WHERE run_id = $1", .text(id)).count > 0
        }
    }
}

// MARK: - One process at a time

extension PostgresLedger {
    /// What only one process may be at. The raw value stands in `processes.task`.
    enum Exclusive: String {
        /// Standard input.
        case stream
        /// The rows of the ledger: `verify` and `undo`.
        case rows
    }

    /// - Throws: `held` where a live process is at the same already.
    static func takeAlone(
        _ task: Exclusive,
        _ owner: Int64,
        _ connection: PostgresConnection,
        _ address: PostgresAddress
    ) throws {
        try connection.waitForTurn("task")
        let holder = try connection.query(
            """
            SELECT host, pid, extract(epoch FROM started_at) FROM processes
            WHERE task = $1 AND id <> $2 AND NOT is_over AND lease_until > clock_timestamp() LIMIT 1
            """,
            .text(task.rawValue),
            PostgresValue(owner)
        )
        try refuse(holder, address)
        try connection.query("UPDATE processes SET task = $1 WHERE id = $2", .text(task.rawValue), PostgresValue(owner))
    }
}

extension PostgresLedger {
    /// What makes links and what removes them are not at the same ledger at the same time.
    ///
    /// - Throws: `held` where a live process is at a run of the other kind.
    fileprivate static func keepApart(
        _ kind: RunKind,
        _ owner: Int64,
        _ connection: PostgresConnection,
        _ address: PostgresAddress
    ) throws {
        try connection.waitForTurn("kind")
        let others = try connection.query(
            """
            SELECT p.host, p.pid, extract(epoch FROM p.started_at) FROM run_records AS r
                JOIN processes AS p ON p.id = r.process
            WHERE r.ended_ms IS NULL AND (r.kind = \(RunKind.undoing.code)) <> $1 AND p.id <> $2 AND NOT p.is_over
                AND p.lease_until > clock_timestamp() LIMIT 1
            """,
            PostgresValue(kind == .undoing),
            PostgresValue(owner)
        )
        try refuse(others, address)
    }

    /// - Throws: `held` where there is a process: its host, its id, since when it is there.
    private static func refuse(_ holders: PostgresRows, _ address: PostgresAddress) throws {
        guard let holder = holders.first else { return }
        throw LedgerError.held(
            path: address.name,
            processID: Int32(try holder.int(1)),
            since: Date(timeIntervalSince1970: try holder.double(2)),
            host: try holder.text(0)
        )
    }
}

extension WriterSession {
    /// `renewals`: how often the run had to begin anew before.
    mutating func begin(_ start: RunStart, renewals: Int, on connection: PostgresConnection) throws {
        let environment = try start.place.map { try number(ofEnvironment: $0.environment, on: connection) }
        let input = try Self.input(of: start, on: connection)
        let begun = try connection.query(
            """
            INSERT INTO run_records (kind, run_id, process, started_ms, source, input, part, environment, host, rows,
                source_sha256)
            VALUES ($1, $2, $3, \(PostgresSchema.now), $4, $5, $6, $7, $8, $9, $10)
            RETURNING id, input, started_ms, (SELECT coalesce(max(id), 0) FROM links)
            """,
            PostgresValue(start.kind.code),
            .text(renewals == 0 ? start.id : "\(start.id).\(renewals + 1)"),
            PostgresValue(owner),
            .text(start.source),
            PostgresValue(input),
            PostgresValue(start.part.code),
            PostgresValue(environment),
            PostgresValue(start.place?.host),
            PostgresValue(start.rows),
            PostgresValue(start.sha256)
        )
        guard let row = begun.first else { throw PostgresError.unreadable }
        run = Run(
            start: start,
            number: try row.integer(0),
            input: try row.integer(1),
            lastLink: try row.integer(3),
            startedMilliseconds: try row.integer(2),
            hasBegunReading: start.part == .retry || renewals > 0,
            renewals: renewals
        )
    }

    /// The same bytes are one input, whatever their file is called on each machine; else the name decides.
    private static func input(of start: RunStart, on connection: PostgresConnection) throws -> Int64 {
        try connection.waitForTurn("input")
        try connection.query(
            "INSERT INTO inputs (name) VALUES ($1) ON CONFLICT (name) DO NOTHING",
            .text(start.inputName)
        )
        let found = try connection.query(
            """
            SELECT coalesce(
                (SELECT input FROM run_records WHERE source_sha256 = $2 AND part = $3 ORDER BY id DESC LIMIT 1),
                (SELECT id FROM inputs WHERE name = $1))
            """,
            .text(start.inputName),
            PostgresValue(start.sha256),
            PostgresValue(start.part.code)
        )
        guard let row = found.first else { throw PostgresError.unreadable }
        return try row.integer(0)
    }

    /// The run, whose input is read anew: what earlier runs found wrong in it is no longer true. Others that are at it now
    /// have just found it. One of this machine that has read other bytes there was killed: a running one ends when its file
    /// is changed.
    mutating func readingRun(on connection: PostgresConnection) throws -> Run {
        var run = openRun()
        guard !run.hasBegunReading else { return run }
        try connection.query(
            """
            DELETE FROM invalid_rows WHERE input = $1 AND run <> $2 AND run NOT IN (SELECT r.id FROM run_records AS r
                JOIN processes AS p ON p.id = r.process
                WHERE (r.source_sha256 = $3 OR p.host <> $4) AND r.ended_ms IS NULL
                    AND NOT p.is_over AND p.lease_until > clock_timestamp())
            """,
            PostgresValue(run.input),
            PostgresValue(run.number),
            PostgresValue(run.start.sha256),
            .text(ThisMachine.name)
        )
        run.hasBegunReading = true
        self.run = run
        return run
    }

    mutating func numbers(
        of key: LinkKey,
        on connection: PostgresConnection
    ) throws -> (environment: Int64, provider: Int64) {
        let environment = try number(ofEnvironment: key.environment, on: connection)
        if let provider = providers[key.identityProviderID] { return (environment, provider) }
        let provider = try Self.number(of: key.identityProviderID, in: "identity_providers", connection)
        providers[key.identityProviderID] = provider
        return (environment, provider)
    }

    private mutating func number(ofEnvironment uuid: String, on connection: PostgresConnection) throws -> Int64 {
        if let number = environments[uuid] { return number }
        let number = try Self.number(of: uuid, in: "environments", connection)
        environments[uuid] = number
        return number
    }

    private static func number(of uuid: String, in table: String, _ connection: PostgresConnection) throws -> Int64 {
        try connection.query("INSERT INTO \(table) (uuid) VALUES ($1) ON CONFLICT DO NOTHING", .text(uuid))
        let found = try connection.query("SELECT id FROM \(table) WHERE lower(uuid) = lower($1)", .text(uuid))
        guard let row = found.first else { throw PostgresError.unreadable }
        return try row.integer(0)
    }
}
