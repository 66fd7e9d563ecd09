import Pacing
import SeededRandom
import Testing

@Suite("How many retries the traffic pays for")
struct RetryBudgetTests {
    private let start = ContinuousClock.now

    @Test("without traffic it gives ten at once and then ten per second")
    func tenPerSecond() {
        var budget = RetryBudget(startingAt: start)
        let first = (1...10).map { _ in budget.take(at: start) }
        #expect(first == Array(repeating: .go, count: 10))
        #expect(budget.take(at: start) == .wait(until: start + .milliseconds(100)))
        #expect(budget.take(at: start + .milliseconds(100)) == .go)
        #expect(budget.take(at: start + .milliseconds(100)) == .wait(until: start + .milliseconds(200)))
    }

    @Test("a wait that it names is enough", arguments: 0..<50)
    func namedWaitIsEnough(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var budget = RetryBudget(startingAt: start)
        var now = start
        for _ in 0..<200 {
            if case .wait(let until) = budget.take(at: now) {
                #expect(until > now)
                now = until
                let again = budget.take(at: now)
                #expect(again == .go)
            }
            now += .milliseconds(Int.random(in: 0...60, using: &random))
        }
    }

    @Test("five requests earn one retry, and five hundred the most that is saved up")
    func fifthOfTraffic() {
        var budget = RetryBudget(startingAt: start)
        for _ in 0..<10_000 { budget.recordRequest() }
        let granted = (0..<1_000).prefix { _ in budget.take(at: start) == .go }.count
        #expect(granted == 100)
        for _ in 0..<5 { budget.recordRequest() }
        #expect(budget.take(at: start) == .go)
        #expect(budget.take(at: start) != .go)
    }

    @Test("retries stay within the larger of both shares", arguments: 0..<50)
    func staysWithin(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var budget = RetryBudget(startingAt: start)
        let requestsPerSecond = Int.random(in: 0...400, using: &random)
        var granted = 0
        for millisecond in 0..<20_000 {
            if Int.random(in: 0..<1_000, using: &random) < requestsPerSecond { budget.recordRequest() }
            if budget.take(at: start + .milliseconds(millisecond)) == .go { granted += 1 }
        }
        // Twenty seconds, the ten that were there at first, and what chance adds to the traffic.
        let most = max(Double(requestsPerSecond) * 0.2, 10) * 20 * 1.15 + 20
        #expect(Double(granted) <= most)
        #expect(Double(granted) >= max(Double(requestsPerSecond) * 0.2, 10) * 20 * 0.85)
    }
}
