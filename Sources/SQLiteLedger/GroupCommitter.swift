import Dispatch
import DurableSteps
import FoundationEssentials
import GRDB
import Ledger
import Locking
import Synchronization

/// Makes all writes of one ledger, on one serial queue: what callers do in a transaction of their own, and before it
/// whatever workers have reported since the last one. So a later transaction always sees an earlier report, and many
/// reports share the cost of one write to the disk.
final class GroupCommitter: Sendable {
    /// Reports wait at most so long for company. It leaves a slow disk half of the 50 ms after which they are to be
    /// durable.
    static let groupingTime = DispatchTimeInterval.milliseconds(25)

    let path: String
    let connection: DatabaseQueue
    private let queue = DispatchQueue(label: "pinglink.ledger")
    private let waiting = HotMutex(CommitQueue())
    /// Used on `queue` only, so it is never contended.
    private let session = Mutex(WriterSession())
    private let lock: LedgerLock
    private let now: @Sendable () -> Date
    private let hash: @Sendable (LinkKey) -> Int64

    /// What a transaction works with.
    struct Transaction {
        let database: Database
        /// Milliseconds since 1970, one moment for the whole transaction.
        let now: Int64
        let hash: @Sendable (LinkKey) -> Int64

        func links(of run: WriterSession.Run?) -> LinkTable {
            LinkTable(database, run: run?.number, now: now, hash: hash)
        }
    }

    /// Takes over a `connection` that is open and migrated, and the `lock` that protects it.
    init(
        path: String,
        connection: DatabaseQueue,
        lock: LedgerLock,
        now: @escaping @Sendable () -> Date,
        hash: @escaping @Sendable (LinkKey) -> Int64
    ) {
        self.path = path
        self.connection = connection
        self.lock = lock
        self.now = now
        self.hash = hash
    }

    deinit {
        // A ledger that was dropped, after an error for instance. Whatever still waits for a commit holds on to this object,
        // so that nothing does now. The order matters, see `LedgerLock`.
        try? connection.close()
        lock.release()
    }

    /// Does `body` in one transaction on the calling thread, after everything that waits. Durable when it returns.
    ///
    /// `step`: what is reached with it, for a transaction that changes something.
    func transact<Value: Sendable>(
        reaching step: DurableStep? = nil,
        _ body: (Transaction, inout WriterSession) throws -> Value
    ) throws(LedgerError) -> Value {
        dispatchPrecondition(condition: .notOnQueue(queue))
        return try queue.sync { commit(reaching: step, body) }.get()
    }

    /// Hands in a change and returns at once.
    func enqueue(_ entry: CommitQueue.Entry) {
        switch waiting.withLock({ $0.append(entry) }) {
        case .nothing:
            break
        case .commitSoon(let group):
            queue.asyncAfter(deadline: .now() + Self.groupingTime) { [self] in commit(group) }
        case .commitNow(let group):
            queue.async { [self] in commit(group) }
        case .refuse(let error):
            entry.completion?(.failure(error))
        }
    }

    /// Refuses everything from now on, closes the database and then releases the lock, even when it throws.
    func close() throws(LedgerError) {
        let closed = LedgerError.writeFailed(path: path, reason: "it has been closed")
        let result = queue.sync {
            report(closed, to: waiting.withLock { $0.fail(closed) })
            defer { lock.release() }
            return Result {
                try connection.close()
                DurableStep.reached(.ledgerClosed)
            }
        }
        if case .failure(let error) = result { throw LedgerError(error, at: path, while: .writing) }
    }

    private func commit(_ group: Int) {
        guard waiting.withLock({ $0.isWaiting(group) }) else { return }
        // Whoever waits for the outcome has been told, and the failure stays for every later call.
        _ = commit { _, _ in }
    }

    private func commit<Value: Sendable>(
        reaching step: DurableStep? = nil,
        _ body: (Transaction, inout WriterSession) throws -> Value
    ) -> Result<Value, LedgerError> {
        let entries: [CommitQueue.Entry]
        do {
            entries = try waiting.withLock { queue throws(LedgerError) in try queue.takeAll() }
        } catch {
            return .failure(error)
        }
        do {
            let value = try session.withLock { session in try write(entries, then: body, &session) }
            if let step = step ?? (entries.isEmpty ? nil : .resultsCommitted) { DurableStep.reached(step) }
            for entry in entries { entry.completion?(.success(.kept)) }
            return .success(value)
        } catch {
            let failure = LedgerError(error, at: path, while: .writing)
            report(failure, to: entries + waiting.withLock { $0.fail(failure) })
            return .failure(failure)
        }
    }

    private func write<Value>(
        _ entries: [CommitQueue.Entry],
        then body: (Transaction, inout WriterSession) throws -> Value,
        _ session: inout WriterSession
    ) throws -> Value {
        let now = now().millisecondsSince1970
        return try connection.writeWithoutTransaction { database in
            var value: Value?
            // Immediate, for one that began as a reader could not wait for its turn to write.
            try database.inTransaction(.immediate) {
                let transaction = Transaction(database: database, now: now, hash: hash)
                if !entries.isEmpty {
                    let links = transaction.links(of: session.run)
                    for entry in entries { try links.apply(entry.change) }
                }
                value = try body(transaction, &session)
                return .commit
            }
            guard let value else { preconditionFailure("a transaction was committed without its work") }
            return value
        }
    }

    private func report(_ error: LedgerError, to entries: [CommitQueue.Entry]) {
        for entry in entries { entry.completion?(.failure(error)) }
    }
}
