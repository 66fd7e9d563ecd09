package import FoundationEssentials
package import Ledger

/// A ledger that is a schema of a database, and how long this process is patient with it.
package struct PostgresDatabase: LedgerLocation {
    package let address: PostgresAddress
    /// How long a process without a sign of life keeps its rows (`--lease`).
    let lease: Duration
    /// How long to wait for a database that is away (`--ledger-patience`).
    let patience: Duration

    /// Told of what a user should know while the ledger is written, such as that the database is away.
    let report: @Sendable (String) -> Void

    package init(
        _ address: PostgresAddress,
        lease: Duration = .seconds(30),
        patience: Duration = .seconds(300),
        report: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.address = address
        self.lease = lease
        self.patience = patience
        self.report = report
    }

    /// What a request may take at most, so that it is over before another machine takes its row.
    package static func longestRequest(lease: Duration) -> Duration { ProcessLease.longestRequest(lease) }

    package var path: String? { nil }

    package var name: String { address.name }

    /// True also where that cannot be told: opening it tells why.
    package var exists: Bool {
        guard let connection = try? PostgresConnection(address),
            let finding = try? PostgresSchema.inspect(connection, schema: address.schema)
        else { return true }
        return finding != .nothing
    }

    /// `now`: the time is the database's.
    package func open(now: @escaping @Sendable () -> Date) throws(LedgerError) -> any Ledger {
        try PostgresLedger.open(self)
    }

    package func liveRuns() -> [LiveRun] {
        guard let connection = try? PostgresConnection(address) else { return [] }
        let runs = try? connection.query(
            """
            SELECT r.run_id, p.host, p.pid, extract(epoch FROM p.lease_until - clock_timestamp()), p.rows_per_second
            FROM run_records AS r JOIN processes AS p ON p.id = r.process
            WHERE r.ended_ms IS NULL AND NOT p.is_over AND p.lease_until > clock_timestamp() ORDER BY r.id
            """
        ).map { row in
            let process = try RowHolder(
                host: row.text(1),
                processID: Int32(row.int(2)),
                leaseEndsIn: .milliseconds(Int64(row.double(3) * 1000))
            )
            return try LiveRun(runID: row.text(0), process: process, rowsPerSecond: row.optionalDouble(4))
        }
        return runs ?? []
    }

    package func reader() throws(LedgerError) -> any LedgerReader {
        try PostgresLedgerReader(address)
    }
}
