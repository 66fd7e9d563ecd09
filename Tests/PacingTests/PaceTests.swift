import Pacing
import SeededRandom
import Testing

@Suite("A pace: when the next turn may be taken")
struct PaceTests {
    private let start = ContinuousClock.now

    @Test("spaces turns evenly")
    func even() {
        var pace = Pace(.fixed(10), startingAt: start)
        var sent: [Duration] = []
        var now = start
        while sent.count < 5 {
            switch pace.takeTurn(at: now) {
            case .go: sent.append(start.duration(to: now))
            case .wait(let until): now = until
            }
        }
        #expect(sent == [0, 100, 200, 300, 400].map { Duration.milliseconds($0) })
        #expect(pace.rate == 10)
        #expect(pace.limitedBy == .rateFlag)
    }

    @Test("a late turn is caught up with, but never by a burst")
    func catchesUp() {
        var pace = Pace(.fixed(100), startingAt: start)
        _ = pace.takeTurn(at: start)
        _ = pace.takeTurn(at: start + .milliseconds(10))
        let late = start + .milliseconds(35)
        let turns = [late, late, late + .milliseconds(5), late + .milliseconds(10)].map { pace.takeTurn(at: $0) }
        #expect(turns == [.go, .wait(until: late + .milliseconds(5)), .go, .go])
    }

    @Test("time in which nobody asked is not made up for beyond 50 ms")
    func idleIsGone() {
        var pace = Pace(.fixed(10), startingAt: start)
        _ = pace.takeTurn(at: start)
        let turns = [0, 50, 100, 150].map { pace.takeTurn(at: start + .seconds(60) + .milliseconds($0)) }
        let late = start + .seconds(60)
        #expect(turns == [.go, .go, .wait(until: late + .milliseconds(150)), .go])
    }

    @Test("--rate N is never exceeded in any second", .tags(.property), arguments: 0..<200)
    func neverExceeded(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let rate = Int.random(in: 1...300, using: &random)
        var pace = Pace(.fixed(Double(rate)), startingAt: start)
        var sent: [ContinuousClock.Instant] = []
        var now = start
        for _ in 0..<3_000 {
            switch pace.takeTurn(at: now) {
            case .go:
                sent.append(now)
                if Int.random(in: 0..<4, using: &random) == 0 {
                    _ = pace.record(.answered(latency: .milliseconds(40)), sentAt: now, at: now, using: &random)
                }
                if Int.random(in: 0..<200, using: &random) == 0 {
                    _ = pace.record(.throttled(retryAfter: .zero), sentAt: now, at: now, using: &random)
                }
            case .wait(let until):
                // Threads wake late, now and then very late.
                let isSlow = Int.random(in: 0..<20, using: &random) == 0
                now = until + .microseconds(Int.random(in: 0...(isSlow ? 80_000 : 300), using: &random))
            }
        }
        for (index, instant) in sent.enumerated().dropFirst(rate) {
            #expect(sent[index - rate].duration(to: instant) >= .seconds(1))
        }
        #expect(sent.count > 500)
        #expect(pace.rate <= Double(rate))
    }

    @Test("a fraction holds over the time that whole requests take", arguments: [0.5, 2.5, 7.3])
    func fraction(rate: Double) {
        var pace = Pace(.fixed(rate), startingAt: start)
        var now = start
        var sent = 0
        while start.duration(to: now) < .seconds(100) {
            switch pace.takeTurn(at: now) {
            case .go: sent += 1
            case .wait(let until): now = until
            }
        }
        #expect(abs(Double(sent) - rate * 100) <= 1)
    }

    @Test("a pause holds for all, and its end brings no burst", .tags(.property), arguments: 0..<100)
    func pauseHolds(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var pace = Pace(.auto(max: nil), startingAt: start)
        var now = start
        var sent: [ContinuousClock.Instant] = []
        while sent.count < 20 {
            switch pace.takeTurn(at: now) {
            case .go: sent.append(now)
            case .wait(let until): now = until
            }
        }
        let seconds = Int.random(in: 1...60, using: &random)
        let refused = sent[Int.random(in: 0..<20, using: &random)]
        _ = pace.record(.throttled(retryAfter: .seconds(seconds)), sentAt: refused, at: now, using: &random)
        let end = now + .seconds(seconds)
        #expect(pace.pausedUntil == end)
        for _ in 0..<20 {
            let inside = now + .milliseconds(Int.random(in: 0..<(seconds * 1_000), using: &random))
            let turn = pace.takeTurn(at: inside)
            #expect(turn == .wait(until: end))
        }
        let first = pace.takeTurn(at: end)
        let second = pace.takeTurn(at: end)
        #expect(first == .go)
        #expect(second != .go)
    }

    @Test("a longer pause replaces a shorter one, a shorter one changes nothing")
    func longerPause() {
        var random = SplitMix64(seed: 1)
        var pace = Pace(.fixed(10), startingAt: start)
        _ = pace.takeTurn(at: start)
        for (seconds, end) in [(5, 5), (2, 5), (9, 9)] {
            _ = pace.record(.throttled(retryAfter: .seconds(seconds)), sentAt: start, at: start, using: &random)
            #expect(pace.pausedUntil == start + .seconds(end))
        }
        #expect(pace.throttledCount == 3)
    }

    @Test("refusals of requests that were in flight together lower the rate once")
    func countOnce() {
        var random = SplitMix64(seed: 1)
        var pace = Pace(.fixed(100), startingAt: start)
        var now = start
        var sent: [ContinuousClock.Instant] = []
        while sent.count < 10 {
            switch pace.takeTurn(at: now) {
            case .go: sent.append(now)
            case .wait(let until): now = until
            }
        }
        _ = pace.record(.throttled(retryAfter: .seconds(1)), sentAt: sent[0], at: now, using: &random)
        let lowered = pace.rate
        #expect(lowered < 100)
        #expect(pace.limitedBy == .pingOne)
        for instant in sent.dropFirst() {
            _ = pace.record(.throttled(retryAfter: .seconds(1)), sentAt: instant, at: now, using: &random)
        }
        #expect(pace.rate == lowered)
        #expect(pace.throttledCount == 10)
    }

    @Test("a Retry-After of zero does not pause, but lowers the rate each time")
    func zeroRetryAfter() {
        var random = SplitMix64(seed: 1)
        var pace = Pace(.auto(max: nil), startingAt: start)
        var now = start
        var sent = 0
        while start.duration(to: now) < .seconds(60) {
            switch pace.takeTurn(at: now) {
            case .go:
                sent += 1
                _ = pace.record(.throttled(retryAfter: .zero), sentAt: now, at: now + .milliseconds(1), using: &random)
            case .wait(let until): now = until
            }
        }
        #expect(pace.rate < 1)
        #expect(sent < 40)
    }

    @Test("without Retry-After the pause is a backoff that doubles up to 30 s, and begins anew after an answer")
    func backoff() {
        var random = SplitMix64(seed: 3)
        var pace = Pace(.fixed(50), maxWait: .seconds(3_600), startingAt: start)
        var pauses: [Duration] = []
        var now = start
        while pauses.count < 60 {
            switch pace.takeTurn(at: now) {
            case .go:
                let back = now + .milliseconds(40)
                _ = pace.record(.throttled(retryAfter: nil), sentAt: now, at: back, using: &random)
                pauses.append(back.duration(to: pace.pausedUntil ?? back))
            case .wait(let until): now = until
            }
        }
        for (index, pause) in pauses.enumerated() {
            #expect(pause <= min(.seconds(1 << min(index, 5)), .seconds(30)))
        }
        #expect(pauses.contains { $0 > .seconds(20) })
        _ = pace.record(.answered(latency: .milliseconds(40)), sentAt: now, at: now + .seconds(40), using: &random)
        now += .seconds(50)
        _ = pace.takeTurn(at: now)
        _ = pace.record(.throttled(retryAfter: nil), sentAt: now, at: now, using: &random)
        #expect(now.duration(to: pace.pausedUntil ?? now) <= .seconds(1))
    }

    @Test("a pause longer than allowed stops the run")
    func pauseTooLong() {
        var random = SplitMix64(seed: 1)
        var pace = Pace(.fixed(10), maxWait: .seconds(300), startingAt: start)
        let allowed = pace.record(.throttled(retryAfter: .seconds(300)), sentAt: start, at: start, using: &random)
        #expect(allowed == nil)
        let stop = pace.record(.throttled(retryAfter: .seconds(301)), sentAt: start, at: start, using: &random)
        #expect(stop == .pauseTooLong(wait: .seconds(301)))
    }

    @Test("refusals for as long as allowed stop the run, unless one request got through")
    func throttledTooLong() {
        var random = SplitMix64(seed: 1)
        var pace = Pace(.fixed(10), maxWait: .seconds(300), startingAt: start)
        func refuse(after seconds: Int) -> PacingStop? {
            let now = start + .seconds(seconds)
            return pace.record(.throttled(retryAfter: .seconds(20)), sentAt: now, at: now, using: &random)
        }
        #expect([0, 100, 299].map(refuse(after:)) == [nil, nil, nil])
        let success = start + .seconds(299)
        let none = pace.record(.answered(latency: .seconds(1)), sentAt: success, at: success, using: &random)
        #expect(none == nil)
        #expect([300, 599].map(refuse(after:)) == [nil, nil])
        #expect(refuse(after: 601) == .throttledTooLong(lasted: .seconds(301), suggestedWait: .seconds(20)))
    }

    @Test("auto starts at 10 per second, or at its maximum if that is lower")
    func startsAtTen() {
        #expect(Pace(.auto(max: nil), startingAt: start).rate == 10)
        #expect(Pace(.auto(max: 50), startingAt: start).rate == 10)
        #expect(Pace(.auto(max: 3), startingAt: start).rate == 3)
        #expect(Pace(.auto(max: nil), startingAt: start).limitedBy == .growth)
        #expect(Pace(.auto(max: 3), startingAt: start).limitedBy == .maxRate)
    }

    @Test("a rate of zero is our own mistake")
    func refusesZero() async {
        await #expect(processExitsWith: .failure) { _ = Pace(.fixed(0), startingAt: .now) }
    }
}
