import LinkImport
import Pacing
import PingOneClient
import Reporting
import Synchronization

/// Puts together what a run's line of progress says. Asked on one thread at a time.
final class RunProgress: Sendable {
    private let counts: @Sendable () -> ProgressCounts
    private let total: Int?
    private let session: APISession
    private let rate: Mutex<RecentRate>
    private let limit = Mutex(LimitWatch())
    private let start: ContinuousClock.Instant

    /// The run begins now. `counts`: what is done so far; `total`: nil for a stream.
    init(_ counts: @escaping @Sendable () -> ProgressCounts, total: Int?, session: APISession) {
        self.counts = counts
        self.total = total
        self.session = session
        start = session.time.now
        rate = Mutex(RecentRate(startingAt: start))
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
            permitted: permitted(at: now, rate: pacing.rate),
            pause: pacing.pausedUntil.map { max(.zero, now.duration(to: $0)) } ?? .zero,
            isStopping: session.control.signal.isRaised
        )
    }

    /// `rate`: in force now.
    private func permitted(at now: ContinuousClock.Instant, rate: Double) -> Double? {
        let counts = session.requestCounts
        return limit.withLock { limit in
            limit.note(
                .init(rate: rate, requests: counts.requests, throttled: counts.throttled),
                at: start.duration(to: now) / .seconds(1)
            )
            return limit.rate
        }
    }
}
