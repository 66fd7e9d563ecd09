import Dispatch
import DurableSteps
import Ledger
import Locking
import Synchronization

/// Makes all writes of one process, on one serial queue and one connection: what callers do in a transaction of their own,
/// and before it whatever workers have reported since the last one.
///
/// A transaction that fails because the database is away, or met another one, is done anew, for as long as the user is
/// patient; one whose commit was not answered is looked up first.
final class PostgresWriter: Sendable {
    /// Reports wait at most so long for company.
    private static let groupingTime = DispatchTimeInterval.milliseconds(25)

    let address: PostgresAddress
    private let patience: Duration
    /// Told when the database is away for longer than a moment, and when it is back.
    private let report: @Sendable (String) -> Void
    private let queue = DispatchQueue(label: "pinglink.ledger")
    private let waiting = HotMutex(CommitQueue())
    private let listener = Mutex<(@Sendable (LedgerError) -> Void)?>(nil)
    private struct State {
        var connection: HandedConnection?
        var session: WriterSession
    }
    /// Used on `queue` only, so it is never contended.
    private let state: Mutex<State>

    init(_ database: PostgresDatabase, connection: PostgresConnection, session: WriterSession) {
        address = database.address
        patience = database.patience
        report = database.report
        state = Mutex(State(connection: HandedConnection(connection: connection), session: session))
    }

    /// Does `body` in one transaction, after everything that waits. Durable when it returns. Where the database is away it
    /// is done anew, with the session as it was.
    ///
    /// `step`: what is reached with it; nil for a transaction that only reads. `lock`: the name of what only one process at a
    /// time does; it is waited for before anything else is locked.
    func transact<Value: Sendable>(
        reaching step: DurableStep? = nil,
        alone lock: String? = nil,
        _ body: (PostgresConnection, inout WriterSession) throws -> Value
    ) throws(LedgerError) -> Value {
        dispatchPrecondition(condition: .notOnQueue(queue))
        return try queue.sync { commit(reaching: step, alone: lock, body) }.get()
    }

    /// Hands in a change and returns at once.
    func enqueue(_ entry: CommitQueue.Entry) {
        switch waiting.withLock({ $0.append(entry) }) {
        case .nothing: break
        case .commitSoon(let group):
            queue.asyncAfter(deadline: .now() + Self.groupingTime) { [self] in commit(group) }
        case .commitNow(let group): queue.async { [self] in commit(group) }
        case .refuse(let error): entry.completion?(.failure(error))
        }
    }

    /// Why nothing is written any more; nil as long as it is.
    var failure: LedgerError? { waiting.withLock { $0.failure } }

    /// Refuses everything from now on, and tells so.
    func fail(_ error: LedgerError) {
        refuseAll(error)
        listener.withLock { $0 }?(error)
    }

    /// Whom ``fail(_:)`` tells.
    func whenAway(_ tell: @escaping @Sendable (LedgerError) -> Void) {
        listener.withLock { $0 = tell }
    }

    private func refuseAll(_ error: LedgerError) {
        for entry in waiting.withLock({ $0.fail(error) }) { entry.completion?(.failure(error)) }
    }

    /// Closes the connection; every later call throws.
    func close() {
        queue.sync {
            refuseAll(.writeFailed(path: address.name, reason: "it has been closed"))
            state.withLock { $0.connection = nil }
        }
    }

    private func commit(_ group: Int) {
        guard waiting.withLock({ $0.isWaiting(group) }) else { return }
        // Whoever waits for the outcome has been told, and the failure stays for every later call.
        _ = commit(reaching: nil) { _, _ in }
    }

    private func commit<Value: Sendable>(
        reaching step: DurableStep?,
        alone lock: String? = nil,
        _ body: (PostgresConnection, inout WriterSession) throws -> Value
    ) -> Result<Value, LedgerError> {
        let entries: [CommitQueue.Entry]
        do {
            entries = try waiting.withLock { queue throws(LedgerError) in try queue.takeAll() }
        } catch {
            return .failure(error)
        }
        do {
            let isWriting = step != nil || !entries.isEmpty
            let (value, lost) = try state.withLock { state in
                try persist(&state, isWriting: isWriting) { connection, session in
                    if let lock { try connection.waitForTurn(lock) }
                    let lost = try LinkChanges(connection, run: session.run?.number).apply(entries)
                    return (try body(connection, &session), lost)
                }
            }
            if let step = step ?? (entries.isEmpty ? nil : .resultsCommitted) { DurableStep.reached(step) }
            for (index, entry) in entries.enumerated() {
                entry.completion?(.success(lost.contains(index) ? .lost : .kept))
            }
            return .success(value)
        } catch {
            let failure = LedgerError(error, at: address.name, while: .writing)
            for entry in entries { entry.completion?(.failure(failure)) }
            fail(failure)
            return .failure(failure)
        }
    }

    /// Does a transaction until it is certain that it is committed.
    private func persist<Value>(
        _ state: inout State,
        isWriting: Bool,
        _ body: (PostgresConnection, inout WriterSession) throws -> Value
    ) throws -> Value {
        var outage = Outage()
        while true {
            var draft = state.session
            do {
                let connection = try connect(&state)
                var outcome: Value?
                do {
                    try connection.transaction(isWriting: isWriting) { outcome = try body(connection, &draft) }
                } catch let unknown as UnknownCommit {
                    state.connection = nil
                    guard try wasCommitted(unknown, &state, &outage) else { continue }
                }
                guard let outcome else { preconditionFailure("a transaction was committed without its work") }
                state.session = draft
                if outage.isTold { report("\(address.name): the database is back.") }
                return outcome
            } catch let error as PostgresError where error.isTransient {
                if error.endsConnection { state.connection = nil }
                try wait(&outage, after: error)
            }
        }
    }

    /// Asks the database about a commit that was not answered.
    private func wasCommitted(
        _ unknown: UnknownCommit,
        _ state: inout State,
        _ outage: inout Outage
    ) throws -> Bool {
        while true {
            do {
                switch try connect(&state).status(of: unknown) {
                case .committed: return true
                case .aborted: return false
                case .inProgress:
                    try wait(&outage, after: .connection(reason: "a commit is still going on there"))
                }
            } catch let error as PostgresError where error.isTransient {
                state.connection = nil
                try wait(&outage, after: error)
            }
        }
    }

    private func connect(_ state: inout State) throws(PostgresError) -> PostgresConnection {
        if let connection = state.connection?.connection { return connection }
        let connection = try PostgresConnection(address)
        state.connection = HandedConnection(connection: connection)
        return connection
    }

    private func wait(_ outage: inout Outage, after error: PostgresError) throws {
        guard !outage.isOver(after: error, patience: patience) else { throw error }
        if outage.isNoticeable, !outage.isTold, !error.isMeeting {
            outage.isTold = true
            report(
                "\(address.name): the database is away: \(error.reason). Nothing new is sent; waiting for up to "
                    + "\(patience.wholeMilliseconds / 1000) s (--ledger-patience)."
            )
        }
        outage.pause()
    }
}

/// What the writer keeps in mind from one transaction to the next.
struct WriterSession: Sendable {
    struct Run: Sendable {
        var start: RunStart
        var number: Int64
        var input: Int64
        /// The last link that was there before it.
        var lastLink: Int64
        /// By the database's clock, since 1970.
        var startedMilliseconds: Int64
        /// Whether the invalid rows that earlier runs found in this input are gone.
        var hasBegunReading: Bool
        /// How often it had to begin anew, after its lease was over.
        var renewals = 0
    }

    /// This process's number in `processes`.
    var owner: Int64
    var run: Run?
    var environments: [String: Int64] = [:]
    var providers: [String: Int64] = [:]

    /// The run to which whatever is written belongs.
    func openRun() -> Run {
        guard let run else { preconditionFailure("the ledger is written to outside of a run") }
        return run
    }
}

/// The connection was lost between a COMMIT and its answer.
struct UnknownCommit: Error {
    /// The transaction's number, as `pg_current_xact_id()` gives it.
    var transaction: String
}

extension PostgresConnection {
    enum CommitStatus {
        case committed, aborted, inProgress
    }

    /// - Throws: what `body` throws, `PostgresError`, or `UnknownCommit` for one that writes.
    func transaction(isWriting: Bool, _ body: () throws -> Void) throws {
        defer { endTransaction() }
        var number: String?
        try run(isWriting ? "BEGIN" : "BEGIN READ ONLY")
        do {
            if isWriting { number = try query("SELECT pg_current_xact_id()::text").first?.text(0) }
            try body()
        } catch {
            if (error as? PostgresError)?.endsConnection != true { try run("ROLLBACK") }
            throw error
        }
        do throws(PostgresError) {
            try run("COMMIT")
        } catch {
            if case .connection = error, let number { throw UnknownCommit(transaction: number) }
            throw error
        }
    }

    /// Waits until no other process is at the same; to the end of the transaction.
    func waitForTurn(_ name: String) throws(PostgresError) {
        try query(
            "SELECT pg_advisory_xact_lock(hashtextextended('pinglink ' || $1 || ' ' || current_schema(), 0))",
            .text(name)
        )
    }

    /// A number that the server does not know yet is that of a transaction which a failover has lost.
    func status(of commit: UnknownCommit) throws(PostgresError) -> CommitStatus {
        guard try query("SELECT pg_is_in_recovery()").first?.bool(0) == false else {
            throw .standby
        }
        do throws(PostgresError) {
            switch try query("SELECT pg_xact_status($1::xid8)", .text(commit.transaction)).first?.optionalText(0) {
            case "committed": return .committed
            case "in progress": return .inProgress
            default: return .aborted
            }
        } catch {
            guard case .refused("22023", _) = error else { throw error }
            return .aborted
        }
    }
}
