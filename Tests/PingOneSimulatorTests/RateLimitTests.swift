import Testing

@testable import PingOneSimulator

@Suite("The rate limit")
struct RateLimitTests {
    private let start = ContinuousClock.now

    @Test("a burst is let through at once, then as many as the rate says")
    func burst() {
        var limit = RateLimit(perSecond: 10, burst: 3, at: start)
        func admitted(at milliseconds: Int, of requests: Int) -> Int {
            (0..<requests).count { _ in limit.admits(at: start + .milliseconds(milliseconds)) }
        }
        #expect(admitted(at: 0, of: 5) == 3)
        #expect(admitted(at: 99, of: 1) == 0)
        #expect(admitted(at: 101, of: 2) == 1)
        #expect(admitted(at: 60_000, of: 5) == 3)
    }

    @Test("never lets through more than burst + rate × time", arguments: 0..<100 as Range<UInt64>)
    func neverMore(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let rate = Double.random(in: 0.5...200, using: &random)
        let burst = Double.random(in: 1...50, using: &random)
        var limit = RateLimit(perSecond: rate, burst: burst, at: start)
        var now = start
        var admitted = 0
        for _ in 0..<500 {
            now += .microseconds(Int.random(in: 0...20_000, using: &random))
            if limit.admits(at: now) { admitted += 1 }
            #expect(Double(admitted) <= burst + rate * (start.duration(to: now) / .seconds(1)) + 1e-6)
        }
    }

    @Test("a window lets through its length's worth", arguments: [Limiter.fixed, .sliding, .weighted])
    func windows(limiter: Limiter) {
        var limit = RateLimit(limiter, perSecond: 2, burst: 1, window: 10, at: start)
        let atOnce = (0..<30).count { _ in limit.admits(at: start + .seconds(1)) }
        #expect(atOnce == 20)
        let later = (2...9).count { limit.admits(at: start + .seconds($0)) }
        #expect(later == 0)
        let next = (0..<30).count { _ in limit.admits(at: start + .seconds(11)) }
        #expect(next == (limiter == .weighted ? 2 : 20))
    }
}
