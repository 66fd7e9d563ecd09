import Dispatch
import Ledger
import Machine
import PingOneClient
import Synchronization

/// The workers of a run: threads, each with a connection of its own, that take their work from one bounded queue.
///
/// They are the system's own threads: of those that it does not give, Dispatch would say nothing and wait for ever.
final class WorkerPool: Sendable {
    typealias Work = @Sendable (APICaller) -> Void

    private let queue: BoundedQueue<Work>
    private let threads: [PlainThread]
    private let session: APISession
    /// Whether a row was handed over.
    private let hasRow = Atomic(false)

    /// Threads that the rest of the program may still need when the workers are there: for the ledger's commits, the
    /// progress, announcements, and the names of servers that are looked up.
    private static let spareThreads = 5

    /// Starts the workers, or as many of them as the system has threads for, and reports it when they are fewer.
    ///
    /// `workers`: how many requests are in flight, 1 to 250; `room`: how many threads the system gives, at most so many as it
    /// is told.
    init(
        workers: Int,
        session: APISession,
        report: (RunEvent) -> Void,
        room: (Int) -> Int = PlainThread.room
    ) {
        precondition((1...250).contains(workers), "\(workers) workers")
        self.session = session
        let queue = BoundedQueue<Work>(capacity: 2 * workers, largest: 512)
        let most = min(workers, max(1, room(workers + Self.spareThreads) - Self.spareThreads))
        var threads: [PlainThread] = []
        for _ in 1...most {
            let thread = try? PlainThread {
                let caller = session.makeCaller()
                while let work = queue.pop() {
                    caller.permission = nil
                    work(caller)
                }
            }
            guard let thread else { break }
            threads.append(thread)
        }
        self.queue = queue
        self.threads = threads
        if threads.count < workers { report(.warning(Self.shortage(threads.count, of: workers))) }
    }

    private static func shortage(_ started: Int, of workers: Int) -> String {
        "The system has threads for \(started) of \(workers) requests in flight only (--concurrency): going on with "
            + "\(max(started, 1)). Raise the limit of processes (ulimit -u, a container's pids limit) for more."
    }

    /// Lets more work wait for the workers from now on, if they have run out of it.
    ///
    /// - Returns: whether they have.
    func deepenIfIdle() -> Bool { queue.growIfEmpty() }

    /// Hands work over; blocks while all workers are busy and twice as much waits for them, or more where that has kept
    /// them waiting. All work is done, also after the run was stopped: it asks for itself whether it still makes sense.
    /// For one thread at a time, which does it itself where there is no worker.
    func submit(_ work: @escaping Work) {
        if threads.isEmpty { work(session.makeCaller()) } else { queue.push(work) }
    }

    /// Hands over the work on a row, in the same way. The first row alone: this returns when that is done, for if it is
    /// refused, others need not be tried.
    ///
    /// `work`: is told whether it is the first.
    func submitRow(_ work: @escaping @Sendable (APICaller, _ isCanary: Bool) -> Void) {
        guard !hasRow.exchange(true, ordering: .relaxed) else { return submit { work($0, false) } }
        let canary = DispatchSemaphore(value: 0)
        submit { caller in
            work(caller, true)
            canary.signal()
        }
        canary.wait()
    }

    /// Says that nothing more will come, and returns when all work is done.
    func finish() {
        queue.close(consumers: threads.count)
        for thread in threads { thread.join() }
    }
}

extension APISession {
    /// A run over the rows of a ledger: looks whether PingOne knows the environment, has the work handed to so many
    /// workers, and returns when all of it is done.
    ///
    /// - Throws: what `submit` throws, which has stopped the run.
    func work(
        workers: Int,
        report: (RunEvent) -> Void,
        submit: (WorkerPool) throws(LedgerError) -> Void
    ) throws(LedgerError) {
        let preflight = Preflight(caller: makeCaller(), session: self)
        for warning in preflight.check(identityProviders: []) { report(.warning(warning)) }
        let pool = WorkerPool(workers: workers, session: self, report: report)
        defer { pool.finish() }
        do throws(LedgerError) {
            try submit(pool)
        } catch {
            control.stop(.ledger(error))
            throw error
        }
    }
}
