import SeededRandom

@testable import Pacing

/// Drives a `Pace` against a simulated server, event by event, without threads and without waiting.
struct PacingSimulation {
    /// What a run did.
    struct Result {
        var answered = 0
        var refused = 0
        /// Answers that came after the warm-up.
        var answeredWarm = 0
        /// Seconds from the beginning to the last answer.
        var seconds = 0.0
        var rate = 0.0
        var held: HeldRate?
        var limitedBy = RateLimitedBy.growth
        var longestLatency = 0.0
        var sentAt: [Double] = []

        /// Refusals among all requests.
        var refusedShare: Double { Double(refused) / Double(max(answered + refused, 1)) }
    }

    var server: any ServerModel
    var setting = RateSetting.auto(max: nil)
    /// What an earlier run has told.
    var earlier: EarlierPace?
    var workers = 32
    /// Seconds there and back, without what the server adds.
    var latency = 0.04
    /// Up to so many seconds more in each direction, evenly distributed.
    var jitter = 0.0
    var timeout = 30.0
    var warmUp = 8.0
    var seed: UInt64 = 1

    private struct Event: TimedEvent {
        enum Kind {
            case arrival
            case ending(ServerReply)
        }

        var at: ContinuousClock.Instant
        var sentAt: ContinuousClock.Instant
        var kind: Kind
    }

    /// Sends `rows` rows, each until it is answered, for at most `limit` seconds.
    func run(rows: Int = .max, seconds limit: Double = .infinity) -> Result {
        var start = ContinuousClock.now
        var (result, pace) = run(rows: rows, seconds: limit) {
            start = $0
            var pace = Pace(setting, startingAt: start)
            if let earlier { pace.warmUp(from: earlier, at: start) }
            return pace
        }
        result.rate = pace.rate
        result.held = pace.held(at: start + .seconds(result.seconds))
        result.limitedBy = pace.limitedBy
        return result
    }

    /// The same with another pace, that which `begin` makes for the instant of the beginning.
    func run<Keeper: PaceKeeper>(
        rows: Int = .max,
        seconds limit: Double = .infinity,
        _ begin: (ContinuousClock.Instant) -> Keeper
    ) -> (result: Result, pace: Keeper) {
        var server = server
        var random = SplitMix64(seed: seed)
        let origin = ContinuousClock.now
        let end = limit.isFinite ? origin + .seconds(limit) : nil
        var pace = begin(origin)
        var events = EventQueue<Event>()
        var result = Result()
        var now = origin
        var ask = origin
        var unsent = rows
        var inFlight = 0

        while unsent > 0 || inFlight > 0 {
            let mayAsk = inFlight < workers && unsent > 0
            if let event = events.popFirst(before: mayAsk ? ask : nil) {
                now = event.at
                if let end, now > end { break }
                switch event.kind {
                case .arrival:
                    let (reply, after) = server.reply(at: origin.seconds(to: now))
                    var wait = after + latency / 2 + jitter * Double.random(in: 0...1, using: &random)
                    if case .silence = reply { wait = timeout }
                    events.insert(Event(at: now + .seconds(wait), sentAt: event.sentAt, kind: .ending(reply)))
                case .ending(let reply):
                    inFlight -= 1
                    let answer = Self.note(
                        reply,
                        of: event.sentAt,
                        at: now,
                        origin: origin,
                        warmUp: warmUp,
                        in: &result
                    )
                    if case .answered = answer {} else { unsent += 1 }
                    pace.note(answer, sentAt: event.sentAt, at: now, using: &random)
                    // A pause may have begun or the rate may have changed: what was said before no longer holds.
                    ask = now
                }
            } else {
                now = max(now, ask)
                if let end, now > end { break }
                switch pace.takeTurn(at: now) {
                case .wait(let until): ask = until
                case .go:
                    inFlight += 1
                    unsent -= 1
                    result.sentAt.append(origin.seconds(to: now))
                    let wait = latency / 2 + jitter * Double.random(in: 0...1, using: &random)
                    events.insert(Event(at: now + .seconds(wait), sentAt: now, kind: .arrival))
                }
            }
        }
        result.seconds = origin.seconds(to: now)
        return (result, pace)
    }

    private static func note(
        _ reply: ServerReply,
        of sentAt: ContinuousClock.Instant,
        at now: ContinuousClock.Instant,
        origin: ContinuousClock.Instant,
        warmUp: Double,
        in result: inout Result
    ) -> PacedAnswer {
        switch reply {
        case .answer:
            result.answered += 1
            if origin.seconds(to: now) > warmUp { result.answeredWarm += 1 }
            result.longestLatency = max(result.longestLatency, sentAt.seconds(to: now))
            return .answered(latency: sentAt.duration(to: now))
        case .refusal(let retryAfter):
            result.refused += 1
            return .throttled(retryAfter: retryAfter)
        case .silence:
            return .unanswered
        }
    }
}
