import SeededRandom

@testable import Pacing

/// What decides when a simulated client sends.
protocol PaceKeeper {
    mutating func takeTurn(at now: ContinuousClock.Instant) -> Pace.Turn
    mutating func note(
        _ answer: PacedAnswer,
        sentAt: ContinuousClock.Instant,
        at now: ContinuousClock.Instant,
        using random: inout SplitMix64
    )
}

extension Pace: PaceKeeper {
    mutating func note(
        _ answer: PacedAnswer,
        sentAt: ContinuousClock.Instant,
        at now: ContinuousClock.Instant,
        using random: inout SplitMix64
    ) {
        _ = record(answer, sentAt: sentAt, at: now, using: &random)
    }
}

/// One share of the limit for the whole run, chosen by somebody who knows the limit and when it moves. It pauses as `Pace`
/// does.
struct ConstantPace: PaceKeeper {
    private let rate: (Double) -> Double
    private let start: ContinuousClock.Instant
    private let backoff = RetryPolicy()
    private var nextTurn: ContinuousClock.Instant
    private var lastRefusal: ContinuousClock.Instant?
    private var refusalsInARow = 0

    /// - Parameters:
    ///   - start: the first turn may be taken at this instant.
    ///   - rate: requests per second at so many seconds since `start`.
    init(startingAt start: ContinuousClock.Instant, rate: @escaping (Double) -> Double) {
        self.rate = rate
        self.start = start
        nextTurn = start
    }

    mutating func takeTurn(at now: ContinuousClock.Instant) -> Pace.Turn {
        guard now >= nextTurn else { return .wait(until: nextTurn) }
        nextTurn = max(nextTurn, now - .milliseconds(50)) + .seconds(1 / rate(start.seconds(to: now)))
        return .go
    }

    mutating func note(
        _ answer: PacedAnswer,
        sentAt: ContinuousClock.Instant,
        at now: ContinuousClock.Instant,
        using random: inout SplitMix64
    ) {
        guard case .throttled(let retryAfter) = answer else {
            refusalsInARow = 0
            return
        }
        let isNew = lastRefusal.map { sentAt > $0 } ?? true
        if isNew {
            refusalsInARow += 1
            lastRefusal = now
        }
        let pause = retryAfter ?? (isNew ? backoff.delay(afterFailures: refusalsInARow, using: &random) : .zero)
        nextTurn = max(nextTurn, now + pause)
    }
}

/// What the best constant rate reaches against a server: nobody who knows the limit could do better.
struct Yardstick {
    /// The rate, as a share of the limit.
    private(set) var rate = 0.0
    /// The share of the limit that it reaches, at most 1: a second window's worth at the end of a run tells nothing.
    private(set) var share = 0.0

    /// Tries rates around the limit until one is good enough, and then rates around the best of them.
    init(_ server: ServerKind, seconds: Double) {
        for rate in [1, 0.99, 0.97, 0.94, 1.03, 0.9, 1.1, 0.8, 0.7, 0.6, 0.5, 0.3] where share < 0.995 {
            measure(rate, server, seconds)
        }
        for step in [0.04, 0.02, 0.01] where share < 0.995 {
            for rate in [rate - step, rate + step] { measure(rate, server, seconds) }
        }
    }

    private mutating func measure(_ rate: Double, _ server: ServerKind, _ seconds: Double) {
        let (result, _) = server.simulation.run(seconds: seconds) {
            ConstantPace(startingAt: $0) { rate * server.limit(at: $0) }
        }
        let share = min(1, Double(result.answered) / server.meanLimit(over: seconds) / seconds)
        if share > self.share { (self.rate, self.share) = (rate, share) }
    }
}
