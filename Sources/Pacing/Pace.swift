/// How PingOne took a request, as far as the pace is concerned.
package enum PacedAnswer: Equatable, Sendable {
    /// Any definite answer which is not throttling, with the time it took; success or not makes no difference here.
    case answered(latency: Duration)
    /// 429, or 503 with a Retry-After; the wait that the server asked for, if it named one.
    case throttled(retryAfter: Duration?)
    /// Timeout, reset, or no connection at all.
    case unanswered
}

/// Why waiting makes no sense any longer; the run ends with exit code 69.
package enum PacingStop: Equatable, Sendable {
    /// The server asked for a pause longer than `--max-wait`.
    case pauseTooLong(wait: Duration)
    /// For `--max-wait` there were only refusals; `suggestedWait` is what the last of them asked for.
    case throttledTooLong(lasted: Duration, suggestedWait: Duration)
}

/// Decides when the next request may leave; pure, driven by instants from outside, one per run.
///
/// Turns are spaced evenly at the rate in force. A turn that is taken late is caught up with, but never with less than
/// half the usual space and never by more than 50 ms. Besides, `n` turns take at least `n / rate` seconds, where `n`
/// is the rate rounded down: with `--rate N` no second holds more than N requests (rounded up, if N has a fraction),
/// however the threads are scheduled.
///
/// One refusal pauses everything until its Retry-After, or, without one, for a backoff with full jitter that doubles
/// from refusal to refusal until a request gets through. Requests that were in flight when a refusal came belong to
/// it: they may extend the pause, but do not lower the rate again.
package struct Pace: Sendable {
    /// Whether a request may leave.
    package enum Turn: Equatable, Sendable {
        /// Now. The turn is taken: a caller that gives up has used it.
        case go
        /// Not before this instant; nothing is reserved, ask again then.
        case wait(until: ContinuousClock.Instant)
    }

    /// Late turns are made up for by up to this much, so that the jitter of waking threads does not add up.
    private static let catchUp: Duration = .milliseconds(50)

    private let setting: RateSetting
    private let maxWait: Duration

    private var search: AutoRate
    /// That of the rate in force when the last turn was taken.
    private var spacing: TurnSpacing
    /// That of the highest rate, which holds besides while the rate has been lowered and is growing back.
    private var tightest: TurnSpacing
    private var history = TurnHistory()
    /// The instant at which the next turn is due by even spacing.
    private var nextTurn: ContinuousClock.Instant

    private var pause = ServerPause()
    /// How many answers were throttling.
    package private(set) var throttledCount = 0
    /// When the answer came that counted as a refusal last.
    private var lastRefusal: ContinuousClock.Instant?

    /// - Parameters:
    ///   - setting: rates above zero, requests per second.
    ///   - maxWait: the longest pause, and the longest time with nothing but refusals (`--max-wait`, 5 minutes).
    ///   - start: the first turn may be taken at this instant.
    package init(
        _ setting: RateSetting,
        maxWait: Duration = .seconds(300),
        startingAt start: ContinuousClock.Instant
    ) {
        precondition(setting.maximum > 0, "a rate must be above zero, not \(setting.maximum)")
        self.setting = setting
        self.maxWait = maxWait
        search = AutoRate(setting)
        spacing = TurnSpacing(rate: search.rate)
        tightest = TurnSpacing(rate: setting.maximum)
        nextTurn = start
    }

    /// Requests per second in force now.
    package var rate: Double {
        search.rate
    }

    /// Until when the server wants nothing to be sent; may lie in the past, nil if it never asked.
    package var pausedUntil: ContinuousClock.Instant? { pause.until }

    /// What keeps the rate from being higher.
    package var limitedBy: RateLimitedBy {
        guard search.isAtMaximum else { return search.limitedBy }
        if case .fixed = setting { return .rateFlag }
        return .maxRate
    }

    /// Begins just below what an earlier run has held, where the rate is to be found; before anything has been refused.
    package mutating func warmUp(from earlier: EarlierPace, at now: ContinuousClock.Instant) {
        search.warmUp(from: earlier, at: now)
    }

    /// What this run has held so far; nil if it is too early to say.
    package mutating func held(at now: ContinuousClock.Instant) -> HeldRate? {
        search.held(at: now)
    }

    /// Another highest rate from now on, as a timetable says; requests per second, above 0.
    package mutating func setMaximum(_ rate: Double) {
        guard rate != search.maximum else { return }
        search.setMaximum(rate)
        tightest = TurnSpacing(rate: rate)
    }

    /// Takes the next turn if it is due.
    ///
    /// - Parameter now: a monotonic instant, never earlier than in the previous call.
    /// - Returns: that the turn is taken, or when to ask again.
    /// - Complexity: O(1) on average.
    package mutating func takeTurn(at now: ContinuousClock.Instant) -> Turn {
        if spacing.rate != rate { spacing = TurnSpacing(rate: rate) }
        let due = earliestTurn()
        guard now >= due else { return .wait(until: due) }
        nextTurn = max(nextTurn, now - Self.catchUp) + spacing.usual
        history.append(now)
        search.turnTaken(at: now)
        return .go
    }

    private func earliestTurn() -> ContinuousClock.Instant {
        var due = max(nextTurn, pausedUntil ?? nextTurn)
        if let latest = history.turn(ago: 1) {
            due = max(due, latest + spacing.least)
        }
        return max(due, end(of: spacing.window) ?? due, end(of: tightest.window) ?? due)
    }

    private func end(of window: TurnSpacing.Window?) -> ContinuousClock.Instant? {
        guard let window, let first = history.turn(ago: window.turns) else { return nil }
        return first + window.length
    }

    /// Notes how a request ended.
    ///
    /// - Parameters:
    ///   - answer: what came back.
    ///   - sentAt: the instant at which its turn was taken.
    ///   - now: when the answer came.
    ///   - random: for the backoff that takes the place of a missing Retry-After.
    /// - Returns: a reason to stop the run, nil to go on.
    package mutating func record(
        _ answer: PacedAnswer,
        sentAt: ContinuousClock.Instant,
        at now: ContinuousClock.Instant,
        using random: inout some RandomNumberGenerator
    ) -> PacingStop? {
        switch answer {
        case .answered(let latency):
            pause.answered()
            search.answered(latency: latency, sentAt: sentAt, at: now)
            return nil
        case .unanswered:
            search.unanswered(sentAt: sentAt, at: now)
            return nil
        case .throttled(let retryAfter):
            throttledCount += 1
            let length = refused(retryAfter: retryAfter, sentAt: sentAt, at: now, using: &random)
            return pause.reasonToStop(pause: length, at: now, maxWait: maxWait)
        }
    }

    private mutating func refused(
        retryAfter: Duration?,
        sentAt: ContinuousClock.Instant,
        at now: ContinuousClock.Instant,
        using random: inout some RandomNumberGenerator
    ) -> Duration {
        let isNew = lastRefusal.map { sentAt > $0 } ?? true
        let length = pause.refused(retryAfter: retryAfter, isNew: isNew, at: now, maxWait: maxWait, using: &random)
        let end = pause.until ?? now
        // The turns that were due during the pause are gone, or they would all be made up for after it.
        nextTurn = max(nextTurn, end)
        if isNew {
            lastRefusal = now
            let count = history.countInSecond(before: sentAt)
            search.refused(sentAt: sentAt, at: now, inLastSecond: count, pause: now.duration(to: end))
        } else {
            search.refusedToo()
        }
        return length
    }
}
