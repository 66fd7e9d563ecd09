import Dispatch
import DurableSteps
import Glibc
import Ledger
import Locking

/// This process's sign of life in the database, which it gives several times in a lease, and what it knows of it: others
/// take the rows of a process whose lease is over.
///
/// Its age is measured from before the database was asked, on this machine's own clock.
final class ProcessLease: Sendable {
    private struct State {
        /// This process's number; another one after the lease was lost.
        var owner: Int64
        /// When the database was asked that has prolonged it last.
        var askedAt: Duration
        /// Whether somebody else may have taken the rows.
        var isLost = false
        var isClosed = false
        /// Rows that were settled since the last sign of life.
        var settled = 0
        var outage = Outage()
    }

    private let address: PostgresAddress
    let length: Duration
    private let patience: Duration
    /// Told once where the database has been away for longer than the user is patient.
    private let fail: @Sendable (PostgresError) -> Void
    private let state: HotMutex<State>
    private let queue = DispatchQueue(label: "pinglink.lease")

    /// `owner`: this process's number; its lease was asked for at `askedAt` on ``BootClock``.
    init(
        _ database: PostgresDatabase,
        owner: Int64,
        askedAt: Duration,
        fail: @escaping @Sendable (PostgresError) -> Void
    ) {
        address = database.address
        length = database.lease
        patience = database.patience
        self.fail = fail
        state = HotMutex(State(owner: owner, askedAt: askedAt))
        prolongSoon(connection: nil)
    }

    /// Whether a request may leave about a row that `owner` has in hand: it is over after half a lease, so that the lease
    /// must have more than that left.
    func permission(of owner: Int64) -> Permission {
        let now = BootClock.now
        return state.withLock { state in
            guard state.owner == owner, !state.isLost, !state.isClosed else { return .refused }
            return now - state.askedAt < Self.span(length) ? .granted : .wait
        }
    }

    /// What a request may take at most.
    static func longestRequest(_ lease: Duration) -> Duration { lease / 2 }

    /// So old a lease may be when a request leaves: a tenth is for what nobody measures.
    private static func span(_ lease: Duration) -> Duration { lease - longestRequest(lease) - lease / 10 }

    /// This process's number; nil where the lease is lost.
    var owner: Int64? { state.withLock { $0.isLost ? nil : $0.owner } }

    /// Goes on under another number, which was asked for at `askedAt`.
    func renew(owner: Int64, askedAt: Duration) {
        state.withLock { state in
            state.owner = owner
            state.askedAt = askedAt
            state.isLost = false
        }
    }

    func close() {
        state.withLock { $0.isClosed = true }
        queue.sync {}
    }

    func countSettled(_ rows: Int) {
        state.withLock { $0.settled += rows }
    }

    private func prolongSoon(connection: HandedConnection?) {
        let pause = connection == nil ? min(length / 6, .milliseconds(500)) : length / 6
        queue.asyncAfter(deadline: .now() + .milliseconds(Int(pause.wholeMilliseconds))) { [weak self] in
            self?.prolong(connection)
        }
    }

    private func connect() throws(PostgresError) -> PostgresConnection {
        let connection = try PostgresConnection(address)
        // What takes longer would not be in time; on another connection it may be.
        let limit = max(length / 6, .seconds(1))
        try connection.limitStatements(to: limit)
        connection.grace = limit
        return connection
    }

    private func prolong(_ handed: HandedConnection?) {
        let now = BootClock.now
        let (owner, settled, interval) = state.withLock { state in
            defer { state.settled = 0 }
            return (state.isClosed || state.isLost ? nil : state.owner, state.settled, now - state.askedAt)
        }
        guard let owner else {
            // Lost: there may be another number soon.
            if state.withLock({ !$0.isClosed }) { prolongSoon(connection: handed) }
            return
        }
        do throws(PostgresError) {
            let connection = if let handed { handed.connection } else { try connect() }
            let askedAt = BootClock.now
            let alive = try connection.query(
                """
                UPDATE processes SET lease_until = clock_timestamp() + make_interval(secs => $2), rows_per_second = $3
                WHERE id = $1 AND NOT is_over
                """,
                PostgresValue(owner),
                PostgresValue(length.seconds),
                PostgresValue(Double(settled) / max(interval.seconds, 0.001))
            )
            if alive.changed == 1 { DurableStep.reached(.leaseProlonged) }
            state.withLock { state in
                state.outage = Outage()
                guard state.owner == owner else { return }
                if alive.changed == 1 { state.askedAt = max(state.askedAt, askedAt) } else { state.isLost = true }
            }
            prolongSoon(connection: HandedConnection(connection: connection))
        } catch {
            // Requests stop by themselves. The writer may have nothing to write meanwhile that could fail.
            if state.withLock({ $0.outage.isOver(after: error, patience: patience) }) { fail(error) }
            prolongSoon(connection: nil)
        }
    }
}

extension Duration {
    /// Rounded towards zero.
    var wholeMilliseconds: Int64 { Int64(attoseconds / 1_000_000_000_000_000) }

    var seconds: Double { Double(wholeMilliseconds) / 1000 }
}
