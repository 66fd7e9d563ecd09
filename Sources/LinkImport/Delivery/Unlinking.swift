import Dispatch
import Ledger
import Locking
import Pacing
import PingOneClient

/// Brings the rows of `unlink` to their ends. A row whose link was not seen is looked at once more, when the list of links
/// has had time to catch up: PingOne is eventually consistent, so that a list may not show a link that was made a moment
/// ago.
final class Unlinking: Sendable {
    /// How late a list is expected to be at most: PingOne gives no figure.
    private static let lateness = Duration.seconds(5)

    private struct LateLook {
        var job: LinkJob
        var due: ContinuousClock.Instant
    }

    private let ledger: any Ledger
    private let session: APISession
    private let close: @Sendable (LinkJob, DeliveryOutcome) -> Void
    private let firstLooks = DispatchGroup()
    /// In the order in which they are due.
    private let lateLooks = HotMutex<[LateLook]>([])

    /// `close`: what to do with a row that has its end; called on any thread.
    init(
        _ ledger: any Ledger,
        session: APISession,
        close: @escaping @Sendable (LinkJob, DeliveryOutcome) -> Void
    ) {
        self.ledger = ledger
        self.session = session
        self.close = close
    }

    /// Hands a row to the workers, behind those that are to be looked at once more by now. For the reader's thread.
    func submit(_ job: LinkJob, to workers: WorkerPool) {
        submitLateLooks(dueBy: session.time.now, to: workers)
        firstLooks.enter()
        workers.submitRow { [self] caller, isCanary in
            var job = job
            job.isCanary = isCanary
            look(job, caller, isLast: false)
            firstLooks.leave()
        }
    }

    /// Hands over the rest of the rows that are to be looked at once more, each in its time; at once when the run has ended.
    func finish(with workers: WorkerPool) {
        firstLooks.wait()
        while let due = lateLooks.withLock({ $0.first?.due }) {
            session.time.wait(until: due, unless: session.control.signal)
            submitLateLooks(dueBy: max(due, session.time.now), to: workers)
        }
    }

    private func submitLateLooks(dueBy now: ContinuousClock.Instant, to workers: WorkerPool) {
        let jobs = lateLooks.withLock { looks in
            let due = looks.prefix { $0.due <= now }.map(\.job)
            looks.removeFirst(due.count)
            return due
        }
        for job in jobs { workers.submit { [self] caller in look(job, caller, isLast: true) } }
    }

    private func look(_ job: LinkJob, _ caller: APICaller, isLast: Bool) {
        caller.obey(ledger, for: job.ticket)
        let deletion = LinkDeletion(caller: caller, session: session)
        if let outcome = deletion.deliver(job.row, ofUser: job.userID, known: job.known, isLastLook: isLast) {
            close(job, outcome)
        } else {
            lateLooks.withLock { $0.append(LateLook(job: job, due: session.time.now + Self.lateness)) }
        }
    }
}
