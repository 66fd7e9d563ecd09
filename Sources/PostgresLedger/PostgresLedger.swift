import DurableSteps
import Glibc
package import Ledger

/// A ledger in a database, which processes on several machines write at the same time. What a call or a completion has
/// reported as done is committed there. All methods may be called from any thread, but not from the completion of
/// ``record(_:for:completion:)``, nor from a `Task`: they block, also while the database is away.
///
/// A row that is sent belongs to its process until it is settled, as long as that one gives signs of life. After the first
/// failed write every further call throws that same error.
package final class PostgresLedger: Ledger {
    package let contentSalt: UInt64
    let writer: PostgresWriter
    let lease: ProcessLease

    /// - Throws: `cannotCreate`, `notALedger`, `newerSchema` or `damaged`.
    static func open(_ database: PostgresDatabase) throws(LedgerError) -> PostgresLedger {
        let address = database.address
        do {
            let connection = try PostgresConnection(address)
            try check(connection, address)
            // The lease and the pace have connections of their own: better to know now that there are none left.
            let others = try (PostgresConnection(address), PostgresConnection(address))
            withExtendedLifetime(others) {}
            try PostgresSchema.migrate(connection, address, salt: .random(in: 1 ... .max))
            guard case .ledger(let version, let salt) = try PostgresSchema.inspect(connection, schema: address.schema)
            else {
                throw LedgerError.notALedger(
                    path: address.name,
                    reason:
                        "its schema \(address.schema) has tables that are no ledger's (--ledger-schema names another one)"
                )
            }
            guard version <= PostgresSchema.version else {
                throw LedgerError.newerSchema(path: address.name, found: version, supported: PostgresSchema.version)
            }
            DurableStep.reached(.ledgerMigrated)
            let askedAt = BootClock.now
            let owner = try register(connection, lease: database.lease)
            DurableStep.reached(.holderNoted)
            return PostgresLedger(database, connection, salt: salt, owner: owner, askedAt: askedAt)
        } catch {
            throw LedgerError(error, at: address.name, while: .opening)
        }
    }

    private init(
        _ database: PostgresDatabase,
        _ connection: PostgresConnection,
        salt: UInt64,
        owner: Int64,
        askedAt: Duration
    ) {
        contentSalt = salt
        writer = PostgresWriter(
            database,
            connection: connection,
            session: WriterSession(owner: owner)
        )
        lease = ProcessLease(database, owner: owner, askedAt: askedAt) { [writer] error in
            writer.fail(LedgerError(error, at: database.address.name, while: .writing))
        }
    }

    private static func check(_ connection: PostgresConnection, _ address: PostgresAddress) throws {
        let facts = try connection.query(
            "SELECT current_setting('server_version_num')::integer, pg_is_in_recovery(), current_setting('server_encoding')"
        )
        guard let facts = facts.first else { throw PostgresError.unreadable }
        if try facts.int(0) < 130_000 {
            throw LedgerError.cannotCreate(path: address.name, reason: "the server is older than PostgreSQL 13")
        }
        if try facts.bool(1) { throw PostgresError.standby }
        if try facts.text(2) != "UTF8" {
            throw LedgerError.cannotCreate(
                path: address.name,
                reason: "the database has the encoding \(try facts.text(2)) rather than UTF8"
            )
        }
    }

    /// Notes that this process is there, and what is to be forgotten of others.
    ///
    /// - Returns: its number.
    static func register(_ connection: PostgresConnection, lease: Duration) throws -> Int64 {
        try connection.run("DELETE FROM processes WHERE is_over AND id NOT IN (SELECT process FROM run_records)")
        let row = try connection.query(
            """
            INSERT INTO processes (host, pid, lease_until)
            VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3)) RETURNING id
            """,
            .text(ThisMachine.name),
            PostgresValue(Int64(getpid())),
            PostgresValue(lease.seconds)
        ).first
        guard let row else { throw PostgresError.unreadable }
        return try row.integer(0)
    }

    package var isShared: Bool { true }

    package func permission(for ticket: Ticket) -> Permission {
        writer.failure == nil ? lease.permission(of: ticket.owner) : .refused
    }

    package func admit(
        _ candidates: [Candidate],
        deciding: (Candidate, Standing) -> Bool
    ) throws(LedgerError) -> [Admission] {
        try renewIfLost()
        return try writer.transact(reaching: .intentsCommitted, alone: "admission") { connection, session in
            let run = try session.readingRun(on: connection)
            let numbers = try candidates.map { try session.numbers(of: $0.key, on: connection) }
            return try LinkAdmission(connection, run, owner: session.owner).admit(
                candidates,
                numbers,
                deciding: deciding
            )
        }
    }

    package func noteSeen(_ known: KnownLink) {
        guard known.state != .linked, known.state != .alreadyLinked else { return }
        writer.enqueue(.init(change: .noteSeen(known), completion: nil))
    }

    package func lookUp(_ candidates: [Candidate]) throws(LedgerError) -> [KnownLink?] {
        try writer.transact { connection, session in
            try LinkLookUp(connection, thisRun: session.run?.number).find(candidates.map(\.key))
        }
    }

    package func lookUp(_ aliases: [LinkAlias]) throws(LedgerError) -> [KnownLink?] {
        try writer.transact { connection, session in
            try LinkLookUp(connection, thisRun: session.run?.number).find(aliases)
        }
    }

    package func rivals(of candidates: [Candidate]) throws(LedgerError) -> [RivalClaim?] {
        try writer.transact { connection, session in
            let lookUp = LinkLookUp(connection, thisRun: session.run?.number)
            return try lookUp.rivals(of: candidates, known: lookUp.find(candidates.map(\.key)))
        }
    }

    package func record(_ settlement: Settlement, for ticket: Ticket, completion: RecordCompletion?) {
        lease.countSettled(1)
        writer.enqueue(.init(change: .settle(ticket, settlement), completion: completion))
    }

    package func withdraw(_ ticket: Ticket, restoring known: KnownLink?, completion: RecordCompletion?) {
        writer.enqueue(.init(change: .withdraw(ticket, restoring: known), completion: completion))
    }

    package func recordInvalid(_ rows: [InvalidRow]) throws(LedgerError) {
        try writer.transact(reaching: .invalidRowsCommitted) { connection, session in
            let run = try session.readingRun(on: connection)
            for row in rows { try Self.record(row, of: run, on: connection) }
        }
    }

    private static func record(_ row: InvalidRow, of run: WriterSession.Run, on connection: PostgresConnection) throws {
        let content = PostgresValue(Int64(bitPattern: row.content))
        try connection.query(
            "DELETE FROM invalid_rows WHERE content = $1 AND input <> $2",
            content,
            PostgresValue(run.input)
        )
        if let known = row.replacing, [.failed, .rejected].contains(known.state), known.doubt == nil {
            try connection.query("DELETE FROM links WHERE id = $1 AND owner IS NULL", PostgresValue(known.row))
        }
        try connection.query(
            """
            INSERT INTO invalid_rows (input, line, run, content, environment, user_id, provider, external_id, error_code,
                error_detail, error_fact, error_column, updated_ms)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, \(PostgresSchema.now))
            ON CONFLICT (input, line) DO UPDATE SET run = excluded.run, content = excluded.content,
                environment = excluded.environment, user_id = excluded.user_id, provider = excluded.provider,
                external_id = excluded.external_id, error_code = excluded.error_code,
                error_detail = excluded.error_detail, error_fact = excluded.error_fact,
                error_column = excluded.error_column, updated_ms = excluded.updated_ms
            """,
            PostgresValue(run.input),
            PostgresValue(row.line),
            PostgresValue(run.number),
            content,
            PostgresValue(row.environment),
            PostgresValue(row.userID),
            PostgresValue(row.identityProviderID),
            PostgresValue(row.externalID),
            .text(row.errorCode),
            .text(row.errorDetail),
            PostgresValue(row.errorFact?.code),
            PostgresValue(row.errorColumn)
        )
    }

    package func whenAway(_ tell: @escaping @Sendable (LedgerError) -> Void) {
        writer.whenAway(tell)
    }

    package func flush() throws(LedgerError) {
        try writer.transact { _, _ in }
    }

    package func close() throws(LedgerError) {
        lease.close()
        defer { writer.close() }
        try writer.transact(reaching: .holderRemoved) { connection, session in
            _ = try connection.query("UPDATE processes SET is_over = true WHERE id = $1", PostgresValue(session.owner))
        }
    }

    package func note(_ sample: PaceSample) {
        writer.enqueue(.init(change: .notePace(sample), completion: nil))
    }
}

/// The machine's own name, as `hostname` shows it; in a container, that of the pod.
enum ThisMachine {
    static let name: String = {
        var bytes = [CChar](repeating: 0, count: 256)
        let code = unsafe gethostname(&bytes, bytes.count - 1)
        let name = bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
        return code == 0 ? String(decoding: name, as: UTF8.self) : "unknown"
    }()
}
