import Dispatch
import Ledger

/// The workers of a run: threads, each with a connection of its own, that take their work from one bounded queue.
///
/// One serial Dispatch queue each: on Linux a concurrent queue would start one thread a second.
final class WorkerPool: Sendable {
    typealias Work = @Sendable (APICaller) -> Void

    private let queue: BoundedQueue<Work>
    private let workers: Int
    private let group = DispatchGroup()

    /// Starts the workers.
    ///
    /// `workers`: 1 to 250; Dispatch has at most 255 threads for serial queues.
    init(workers: Int, session: APISession) {
        precondition((1...250).contains(workers), "\(workers) workers")
        self.workers = workers
        queue = BoundedQueue(capacity: 2 * workers, largest: 512)
        for number in 1...workers {
            DispatchQueue(label: "pinglink.worker.\(number)").async(group: group) { [queue] in
                let caller = session.makeCaller()
                while let work = queue.pop() { work(caller) }
            }
        }
    }

    /// Lets more work wait for the workers from now on, if they have run out of it.
    ///
    /// - Returns: whether they have.
    func deepenIfIdle() -> Bool { queue.growIfEmpty() }

    /// Hands work over; blocks while all workers are busy and twice as much waits for them, or more where that has kept
    /// them waiting. All work is done, also after the run was stopped: it asks for itself whether it still makes sense.
    /// For one thread at a time.
    func submit(_ work: @escaping Work) {
        queue.push(work)
    }

    /// Says that nothing more will come, and returns when all work is done.
    func finish() {
        queue.close(consumers: workers)
        group.wait()
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
        let pool = WorkerPool(workers: workers, session: self)
        defer { pool.finish() }
        do throws(LedgerError) {
            try submit(pool)
        } catch {
            control.stop(.ledger(error))
            throw error
        }
    }
}
