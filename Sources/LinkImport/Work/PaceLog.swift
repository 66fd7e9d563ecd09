import Dispatch
import FoundationEssentials
import Ledger
import Pacing
import PingOneClient
import Synchronization

/// Keeps in the ledger the rates that were in force, for the run's report: it looks at the pace a few times a second
/// and writes what has changed, which delays nobody. Belongs to the thread of the run.
final class PaceLog {
    private static let interval = DispatchTimeInterval.milliseconds(250)

    private let queue = DispatchQueue(label: "pinglink.pace")
    private let timer: any DispatchSourceTimer
    private let watcher: PaceWatcher

    /// Begins with what the pace is now. `ledger`: a run of it goes on.
    init(_ ledger: any Ledger, session: APISession) {
        watcher = PaceWatcher(ledger, session: session)
        timer = DispatchSource.makeTimerSource(queue: queue)
        timer.schedule(deadline: .now(), repeating: Self.interval)
        timer.setEventHandler { [watcher] in watcher.look() }
        timer.resume()
    }

    deinit {
        timer.cancel()
    }

    /// Writes what the pace was last. Nothing more is written when it has returned.
    func end() {
        timer.cancel()
        queue.sync { watcher.look(isLast: true) }
    }
}

private final class PaceWatcher: Sendable {
    private let ledger: any Ledger
    private let session: APISession
    /// Used on one queue only, so it is never contended.
    private let changes = Mutex(PaceChanges())

    init(_ ledger: any Ledger, session: APISession) {
        self.ledger = ledger
        self.session = session
    }

    func look(isLast: Bool = false) {
        let snapshot = session.pacer.snapshot
        let counts = session.requestCounts
        let now = session.wallClock()
        let left = snapshot.pausedUntil.map { session.time.now.duration(to: $0) / .seconds(1) }
        let sample = changes.withLock { changes in
            changes.sample(
                PaceSample(
                    at: now,
                    rate: snapshot.rate,
                    requests: counts.requests,
                    throttled: counts.throttled,
                    held: snapshot.held?.rate,
                    heldIsLimit: snapshot.held?.isLimit == true
                ),
                pausedUntil: left.map { now.addingTimeInterval($0) },
                isLast: isLast
            )
        }
        if let sample { ledger.note(sample) }
    }
}

/// Decides which samples of the pace are worth keeping: those with a new pause or another rate, at most one a second, and
/// one a minute as a sign of life.
struct PaceChanges: Sendable {
    private static let shortest: TimeInterval = 1
    private static let longest: TimeInterval = 60
    /// Rates that are closer to each other look the same in a chart.
    private static let noticeable = 0.02
    /// Two looks at the same pause differ by the time between the readings of two clocks.
    private static let samePause: TimeInterval = 0.1

    private var written: PaceSample?
    /// A pause that was seen and not written yet.
    private var pause: ClosedRange<Date>?
    private var pauseEnd = Date.distantPast

    /// - Parameters:
    ///   - sample: what was seen now, without a pause.
    ///   - pausedUntil: the end of the pause that goes on; nil if there is none.
    ///   - isLast: to be written in any case.
    /// - Returns: what to write, nil for nothing.
    mutating func sample(_ sample: PaceSample, pausedUntil: Date?, isLast: Bool = false) -> PaceSample? {
        if let pausedUntil, pausedUntil.timeIntervalSince(pauseEnd) > Self.samePause {
            let from = pause?.lowerBound ?? max(sample.at, min(pauseEnd, pausedUntil))
            pause = from...max(from, pausedUntil)
            pauseEnd = pausedUntil
        }
        guard isLast || isDue(sample) else { return nil }
        var sample = sample
        sample.pause = pause
        pause = nil
        written = sample
        return sample
    }

    private func isDue(_ sample: PaceSample) -> Bool {
        guard let written else { return true }
        // The wall clock may be set back.
        let age = abs(sample.at.timeIntervalSince(written.at))
        let isChanged = pause != nil || abs(sample.rate - written.rate) > Self.noticeable * written.rate
        return age >= (isChanged ? Self.shortest : Self.longest)
    }
}
