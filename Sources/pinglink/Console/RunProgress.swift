import LinkImport
import Pacing
import Reporting
import Synchronization

/// Puts together what a run's line of progress says. Asked on one thread at a time.
final class RunProgress: Sendable {
    private let counts: @Sendable () -> ProgressCounts
    private let total: Int?
    private let session: APISession
    private let rate: Mutex<RecentRate>

    /// The run begins now. `counts`: what is done so far; `total`: nil for a stream.
    init(_ counts: @escaping @Sendable () -> ProgressCounts, total: Int?, session: APISession) {
        self.counts = counts
        self.total = total
        self.session = session
        rate = Mutex(RecentRate(startingAt: session.time.now))
    }

    var line: ProgressLine {
        let counts = counts()
        let pacing = session.pacer.snapshot
        let now = session.time.now
        return ProgressLine(
            counts: counts,
            total: total,
            rowsPerSecond: rate.withLock { $0.note(counts.sent, at: now) },
            pacing: pacing,
            pause: pacing.pausedUntil.map { max(.zero, now.duration(to: $0)) } ?? .zero,
            isStopping: session.control.signal.isRaised
        )
    }
}
