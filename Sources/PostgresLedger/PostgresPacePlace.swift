package import Pacing

/// The pace of all processes that work on one environment with a ledger in a database: a row of its own, which each replaces
/// only as it has read it. So nobody waits for a lock, and a process that is stopped in the middle holds up nobody.
///
/// A connection of its own, made when it is needed and again when it was lost. What is lost with the server's last
/// milliseconds is no harm, so its commits wait for no disk.
package final class PostgresPacePlace: SharedPacePlace, @unchecked Sendable {
    // Sendable: it is used by one thread at a time, as the protocol says; nothing else sees the connection.
    private let address: PostgresAddress
    private let environment: String
    private var connection: PostgresConnection?

    /// Connects when it is first used. The schema is there by then.
    package init(_ address: PostgresAddress, environment: String) {
        self.address = address
        self.environment = environment.lowercased()
    }

    package func read() throws -> SharedPaceReading {
        try withConnection { connection throws(PostgresError) in
            let rows = try connection.query(
                """
                SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, p.version, p.state
                FROM (SELECT 1) AS one LEFT JOIN shared_pace AS p ON p.environment = $1
                """,
                .text(environment)
            )
            guard let row = rows.first else { throw .unreadable }
            return SharedPaceReading(
                clock: try row.integer(0),
                version: try row.optionalInteger(1) ?? 0,
                text: row.optionalText(2)
            )
        }
    }

    package func replace(_ version: Int64, with text: String) throws -> Bool {
        try withConnection { connection throws(PostgresError) in
            guard version > 0 else {
                return try connection.query(
                    "INSERT INTO shared_pace (environment, version, state) VALUES ($1, 1, $2) ON CONFLICT DO NOTHING",
                    .text(environment),
                    .text(text)
                ).changed == 1
            }
            return try connection.query(
                """
                UPDATE shared_pace SET state = $2, version = version + 1, changed_at = clock_timestamp()
                WHERE environment = $1 AND version = $3
                """,
                .text(environment),
                .text(text),
                PostgresValue(version)
            ).changed == 1
        }
    }

    private func withConnection<Value>(
        _ body: (PostgresConnection) throws(PostgresError) -> Value
    ) throws(PostgresError) -> Value {
        let connection = try connect()
        do throws(PostgresError) {
            return try body(connection)
        } catch {
            if error.endsConnection { self.connection = nil }
            throw error
        }
    }

    private func connect() throws(PostgresError) -> PostgresConnection {
        if let connection { return connection }
        let connection = try PostgresConnection(address)
        // Turns are for a fraction of a second; what takes longer is of no use.
        try connection.run("SET synchronous_commit = off; SET lock_timeout = '1s'")
        try connection.limitStatements(to: .seconds(2))
        connection.grace = .seconds(1)
        self.connection = connection
        return connection
    }
}
