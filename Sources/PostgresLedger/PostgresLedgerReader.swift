package import Ledger
import Synchronization

/// Reads a ledger in a database. Each call sees the ledger as it is at one moment; calls on several threads come one after
/// the other, and none may be made from what another one has called.
///
/// A connection that was lost, as when the server was restarted, is made again once in each call, unless rows have been
/// handed out.
package final class PostgresLedgerReader: LedgerReader, @unchecked Sendable {
    // Sendable: `connection` and `isClosed` are touched only by who has the turn.
    private let turn = Mutex(())
    private var connection: PostgresConnection?
    private var isClosed = false
    private let address: PostgresAddress
    private let salt: UInt64

    /// - Throws: `cannotRead`, also where there is no ledger, `notALedger`, `newerSchema` or `damaged`.
    package init(_ address: PostgresAddress) throws(LedgerError) {
        self.address = address
        do {
            let (connection, salt) = try Self.connect(address)
            self.connection = connection
            self.salt = salt
        } catch {
            throw LedgerError(error, at: address.name, while: .reading)
        }
    }

    package func close() {
        turn.withLock { _ in
            connection = nil
            isClosed = true
        }
    }

    package var contentSalt: UInt64 { salt }

    /// Connects to what is a ledger that this program knows.
    private static func connect(_ address: PostgresAddress) throws -> (PostgresConnection, salt: UInt64) {
        let connection = try PostgresConnection(address)
        // What is read may be large, and who reads it slow, a pager for one; but nobody holds the server's cleaning up for ever.
        try connection.run("SET idle_in_transaction_session_timeout = '1h'")
        try connection.limitStatements(to: PostgresConnection.longestStatement)
        switch try finding(connection, address) {
        case .nothing:
            throw LedgerError.cannotRead(
                path: address.name,
                reason: "there is no ledger in the schema \(address.quotedSchema) of that database"
            )
        case .foreign:
            throw LedgerError.notALedger(
                path: address.name,
                reason: "the tables in the schema \(address.quotedSchema) are another program's"
            )
        case .ledger(let version, _) where version > PostgresSchema.version:
            throw LedgerError.newerSchema(path: address.name, found: version, supported: PostgresSchema.version)
        case .ledger(let version, _) where version < 1:
            throw LedgerError.damaged(path: address.name, reason: "its format is \(version)")
        case .ledger(_, let salt):
            return (connection, salt)
        }
    }

    /// A table `meta` of other columns or values than ours is another program's.
    private static func finding(
        _ connection: PostgresConnection,
        _ address: PostgresAddress
    ) throws -> PostgresSchema.Contents {
        do throws(PostgresError) {
            return try PostgresSchema.inspect(connection, schema: address.schema)
        } catch .unreadable {
            return .foreign
        } catch .refused(let state, _) where ["42703", "42883", "42804"].contains(state) {
            return .foreign
        }
    }

    /// Calls `body` in a transaction that sees one moment, and once more on a new connection where the one there is was
    /// lost.
    func read<Value: Sendable>(_ body: (PostgresConnection) throws -> Value) throws(LedgerError) -> Value {
        try read(mayRepeat: { true }, body)
    }

    /// As ``read(_:)``; `mayRepeat`: whether nothing of what `body` has read was handed out yet.
    func read<Value: Sendable>(
        mayRepeat: () -> Bool,
        _ body: (PostgresConnection) throws -> Value
    ) throws(LedgerError) -> Value {
        do {
            return try turn.withLock { _ throws -> Value in
                do {
                    return try transact(body)
                } catch let error as PostgresError where (error.isTransient || error.endsConnection) && mayRepeat() {
                    connection = nil
                    return try transact(body)
                }
            }
        } catch {
            throw LedgerError(error, at: address.name, while: .reading)
        }
    }

    private func transact<Value>(_ body: (PostgresConnection) throws -> Value) throws -> Value {
        guard !isClosed else { throw LedgerError.cannotRead(path: address.name, reason: "it was closed") }
        let connection = try self.connection ?? Self.connect(address).0
        self.connection = connection
        // With nothing written, there is nothing to commit; it closes the cursors too.
        defer { if (try? connection.run("ROLLBACK")) == nil { self.connection = nil } }
        try connection.run("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return try body(connection)
    }
}

extension PostgresLedgerReader {
    /// - Complexity: reads the narrow index of all links, and the rows only where the server has not cleaned up behind a
    ///   run yet.
    package func counts() throws(LedgerError) -> [LinkState: Int] {
        try read { connection in
            var counts = try Self.countsOfOthers(connection)
            counts[.linked] = try Self.count("links", connection) - counts.values.reduce(0, +)
            counts[.invalid] = try Self.count("invalid_rows", connection)
            return counts.filter { $0.value != 0 }
        }
    }

    static func count(_ table: String, _ connection: PostgresConnection) throws -> Int {
        try connection.query("SELECT count(*) FROM \(table)").row(0).int(0)
    }

    /// How many links are in each state but `linked`.
    static func countsOfOthers(_ connection: PostgresConnection) throws -> [LinkState: Int] {
        let rows = try connection.query(
            "SELECT state, count(*) FROM links WHERE state <> \(LinkState.linked.code) GROUP BY state"
        )
        let counts = try rows.map { row in
            guard let state = LinkState(code: try row.int(0)) else { throw PostgresError.unreadable }
            return (state, try row.int(1))
        }
        return Dictionary(uniqueKeysWithValues: counts)
    }

    package func environments() throws(LedgerError) -> [String] {
        try read { try $0.query("SELECT uuid FROM environments ORDER BY id").map { try $0.text(0) } }
    }

    package func runs() throws(LedgerError) -> [RunRecord] {
        try read { connection in
            try connection.query(
                """
                SELECT v.run_id, v.started_at, v.ended_at, v.source, v.source_sha256, v.rows, v.exit_code, v.stopped_by,
                    r.kind
                FROM runs AS v JOIN run_records AS r ON r.run_id = v.run_id ORDER BY r.id
                """
            ).map { try RunRecord($0) }
        }
    }

    package func warnings(ofRun runID: String) throws(LedgerError) -> [RunWarning] {
        try read { connection in
            try connection.query(
                """
                SELECT w.kind, w.count, w.first_line, w.names FROM run_warnings AS w
                    JOIN run_records AS r ON r.id = w.run WHERE r.run_id = $1 ORDER BY w.id
                """,
                PostgresValue(runID)
            ).map { try RunWarning($0) }
        }
    }
}
