import Dispatch
import Locking

/// The run's one gate: every request to PingOne waits here for its turn. Safe on all threads; it blocks the callers.
///
/// The decisions are `Pace`'s and `RetryBudget`'s, or those of a pace that several processes share (``SharedPace``); this is
/// the shell that waits. Callers that have to wait pass in the order in which they came: the first waits for the time, the
/// others queue behind it.
package final class Pacer: Sendable {
    /// How waiting ended.
    package enum Turn: Equatable, Sendable {
        /// Send now; give the instant back to `record`.
        case go(sentAt: ContinuousClock.Instant)
        /// The run is stopping; nothing may be sent.
        case stopped
        /// Waiting makes no sense any longer, as another process was told. The caller raises the stop signal.
        case givenUp(PacingStop)
    }

    private struct State {
        var turns: any TurnGiver
        var budget: RetryBudget
        var latencies = RecentLatencies()
        var random: any RandomNumberGenerator & Sendable
        /// When to look next at the clock for the timetable.
        var nextLook: ContinuousClock.Instant
    }

    /// So late a rate of the timetable may begin, also after the clock was set.
    private static let lookEvery = Duration.milliseconds(100)

    private let state: HotMutex<State>
    private let queue = TurnQueue()
    private let time: any TimeSource
    private let timetable: RateTimetable?
    private let minuteNow: @Sendable () -> Int
    private let exchanger: PaceExchanger?

    /// - Parameters:
    ///   - setting: rates above zero, requests per second.
    ///   - place: where several processes share their pace, which this one then does: the lowest of their settings holds, and
    ///     while the place cannot be reached, callers wait. Nil for a pace of its own.
    ///   - maxWait: the longest pause, and the longest time with nothing but refusals (`--max-wait`).
    ///   - time: the clock to wait on.
    ///   - random: for the backoff that takes the place of a missing Retry-After.
    ///   - minuteNow: what the local clock shows, in minutes since midnight; for a timetable.
    package init(
        _ setting: RateSetting,
        sharedAt place: (any SharedPacePlace)? = nil,
        maxWait: Duration = .seconds(300),
        time: any TimeSource,
        random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(),
        minuteNow: @escaping @Sendable () -> Int = RateTimetable.minuteNow
    ) {
        self.time = time
        self.minuteNow = minuteNow
        timetable = setting.timetable
        let now = time.now
        var random = random
        let queue = queue
        exchanger = place.map { place in
            PaceExchanger(
                TurnShare(member: .random(in: 1...Int64.max, using: &random), setting, maxWait: maxWait),
                at: place,
                time: time,
                random: random,
                waiting: { queue.count }
            )
        }
        let turns: any TurnGiver = exchanger ?? Pace(setting, maxWait: maxWait, startingAt: now)
        state = HotMutex(State(turns: turns, budget: RetryBudget(startingAt: now), random: random, nextLook: now))
        exchanger?.begin()
    }

    deinit {
        exchanger?.end()
    }

    /// Begins just below what an earlier run has held; before the first of the many requests.
    package func warmUp(from earlier: EarlierPace) {
        state.withLock { $0.turns.warmUp(from: earlier, at: time.now) }
    }

    /// Blocks until the next request may leave, or the run stops.
    package func waitForTurn(unless stop: StopSignal) -> Turn {
        // A turn that is due takes no place in the queue: handing places over from thread to thread would cost more time
        // than there is between two turns at a high rate.
        if !stop.isRaised, queue.isFree, let sentAt = takeDueTurn() { return .go(sentAt: sentAt) }
        queue.enter()
        defer { queue.leave() }
        return wait(unless: stop) { takeTurn(&$0, at: $1, isRetry: false) }
    }

    private func takeDueTurn() -> ContinuousClock.Instant? {
        state.withLock { state in
            let now = time.now
            guard case .go = takeTurn(&state, at: now, isRetry: false) else { return nil }
            return now
        }
    }

    private func takeTurn(_ state: inout State, at now: ContinuousClock.Instant, isRetry: Bool) -> Pace.Turn {
        keepToTimetable(&state, at: now)
        let turn = state.turns.takeTurn(at: now)
        if !isRetry, case .go = turn { state.budget.recordRequest() }
        return turn
    }

    private func keepToTimetable(_ state: inout State, at now: ContinuousClock.Instant) {
        guard let timetable, now >= state.nextLook else { return }
        state.nextLook = now + Self.lookEvery
        state.turns.setMaximum(timetable.rate(atMinute: minuteNow()))
    }

    /// The same for a request that repeats an earlier one: it first draws on the budget for retries.
    ///
    /// It waits for the budget outside the queue, where it holds up nobody's first request.
    package func waitForRetryTurn(unless stop: StopSignal) -> Turn {
        let isPermitted = wait(unless: stop) { $0.budget.take(at: $1) }
        guard case .go = isPermitted else { return isPermitted }
        queue.enter()
        defer { queue.leave() }
        return wait(unless: stop) { takeTurn(&$0, at: $1, isRetry: true) }
    }

    /// Notes how a request ended; `sentAt` is what its turn said.
    ///
    /// - Returns: a reason to stop the run, nil to go on. The caller raises the stop signal.
    package func record(_ answer: PacedAnswer, sentAt: ContinuousClock.Instant) -> PacingStop? {
        // All requests wait for this mutex, so what can be worked out before it is.
        let latency: UInt64? =
            if case .answered(let latency) = answer { RecentLatencies.microseconds(latency) } else { nil }
        return state.withLock { state in
            let now = max(time.now, sentAt)
            if let latency { state.latencies.record(microseconds: latency, at: now) }
            return state.turns.record(answer, sentAt: sentAt, at: now, using: &state.random)
        }
    }

    /// Notes that no request has left with a turn that was taken: nothing will be told of it.
    package func turnWasNotUsed() {
        state.withLock { $0.turns.turnWasNotUsed() }
    }

    /// The pace as it is now; for the progress line, on any thread.
    package var snapshot: PacingSnapshot {
        let now = time.now
        // The percentiles are worked out afterwards: all requests wait for this mutex.
        var (snapshot, latencies) = state.withLock { state in
            (state.turns.snapshot(at: now), state.latencies)
        }
        snapshot.latency = latencies.percentiles
        return snapshot
    }

    private func wait(
        unless stop: StopSignal,
        _ take: (inout State, ContinuousClock.Instant) -> Pace.Turn
    ) -> Turn {
        while !stop.isRaised {
            // The clock is read under the lock, so that instants reach the pace in order.
            let (turn, now, reason) = state.withLock { state in
                let now = time.now
                let turn = take(&state, now)
                return (turn, now, turn == .go ? nil : state.turns.reasonNotToWait(at: now))
            }
            if let reason { return .givenUp(reason) }
            switch turn {
            case .go: return .go(sentAt: now)
            case .wait(let until): time.wait(until: until, unless: stop)
            }
        }
        return .stopped
    }
}
