import Dispatch
import Locking

/// Keeps this process's share of the pace supplied, on a thread of its own, which sleeps while there is nothing to do.
///
/// Where the place cannot be reached there are no turns: callers wait until it is there again.
final class PaceExchanger: TurnGiver {
    private struct State {
        var share: TurnShare
        /// Until when the thread sleeps, and what wakes it before; nil while it is at work.
        var sleep: Sleep?
    }

    /// Not on a Dispatch semaphore, which counts by the wall clock: one that is set back would make it sleep on.
    private struct Sleep {
        var end: ContinuousClock.Instant
        var alarm = StopSignal()
    }

    /// So often others may be faster in a row; then it is as good as unreachable.
    private static let tries = 20
    /// It looks again after this, whatever happens.
    private static let longestSleep = Duration.seconds(60)

    private let state: HotMutex<State>
    private let place: any SharedPacePlace
    private let time: any TimeSource
    private let random: any RandomNumberGenerator & Sendable
    /// How many wait for a turn.
    private let waiting: @Sendable () -> Int
    private let stop = StopSignal()

    init(
        _ share: TurnShare,
        at place: any SharedPacePlace,
        time: any TimeSource,
        random: any RandomNumberGenerator & Sendable,
        waiting: @escaping @Sendable () -> Int
    ) {
        state = HotMutex(State(share: share))
        self.place = place
        self.time = time
        self.random = random
        self.waiting = waiting
    }

    /// To be called once.
    func begin() {
        DispatchQueue(label: "pinglink.shared-pace").async { self.run() }
    }

    /// No turns are given any more.
    func end() {
        stop.raise()
        state.withLock { $0.sleep }?.alarm.raise()
    }

    private func run() {
        var exchange = PaceExchange()
        var random = self.random
        while !stop.isRaised {
            let waiting = self.waiting()
            let sleep = state.withLock { state in
                let now = time.now
                let next = state.share.nextExchange(at: now, waiting: waiting) ?? now + Self.longestSleep
                state.sleep = next > now ? Sleep(end: next) : nil
                return state.sleep
            }
            if let sleep {
                // Whoever has ended it before it slept has not seen the alarm.
                if !stop.isRaised { time.wait(until: sleep.end, unless: sleep.alarm) }
            } else {
                make(&exchange, waiting: waiting, using: &random)
            }
        }
    }

    private func make(
        _ exchange: inout PaceExchange,
        waiting: Int,
        using random: inout some RandomNumberGenerator
    ) {
        let ask = state.withLock { $0.share.ask(at: time.now, waiting: waiting) }
        let answer = exchange.make(ask, at: place, time: time, tries: Self.tries, using: &random)
        state.withLock { state in
            if let answer {
                state.share.take(answer, to: ask, at: time.now)
            } else {
                state.share.exchangeFailed()
            }
        }
    }

    /// Does something with the share that may give the thread something to do.
    private func withShare<Result>(_ body: (inout State) -> Result) -> Result {
        let (result, alarm) = state.withLock { state -> (Result, StopSignal?) in
            let result = body(&state)
            guard let sleep = state.sleep,
                let next = state.share.nextExchange(at: time.now, waiting: 0), next < sleep.end
            else { return (result, nil) }
            state.sleep = nil
            return (result, sleep.alarm)
        }
        alarm?.raise()
        return result
    }
}

extension PaceExchanger {
    func takeTurn(at now: ContinuousClock.Instant) -> Pace.Turn {
        withShare { $0.share.takeTurn(at: now) }
    }

    func record(
        _ answer: PacedAnswer,
        sentAt: ContinuousClock.Instant,
        at now: ContinuousClock.Instant,
        using random: inout some RandomNumberGenerator
    ) -> PacingStop? {
        withShare { $0.share.record(answer, sentAt: sentAt, at: now) }
    }

    func turnWasNotUsed() {
        state.withLock { $0.share.turnWasNotUsed() }
    }

    func reasonNotToWait(at now: ContinuousClock.Instant) -> PacingStop? {
        state.withLock { $0.share.reasonNotToWait(at: now) }
    }

    func warmUp(from earlier: EarlierPace, at now: ContinuousClock.Instant) {
        state.withLock { $0.share.warmUp(from: earlier) }
    }

    func setMaximum(_ rate: Double) {
        state.withLock { $0.share.setMaximum(rate) }
    }

    func snapshot(at now: ContinuousClock.Instant) -> PacingSnapshot {
        state.withLock { $0.share.snapshot(at: now) }
    }
}
