import Pacing
import SeededRandom
import Testing

@Suite("Whether a failed request is sent again, and when")
struct RetryPolicyTests {
    @Test("the defaults are five attempts, one second and thirty seconds")
    func defaults() {
        #expect(RetryPolicy() == RetryPolicy(maxAttempts: 5, initialBackoff: .seconds(1), maxBackoff: .seconds(30)))
    }

    @Test("gives up when the attempts are used up")
    func givesUp() {
        var random = SplitMix64(seed: 1)
        let policy = RetryPolicy(maxAttempts: 3)
        #expect(policy.decision(failedAttempts: 2, using: &random) != .giveUp)
        #expect(policy.decision(failedAttempts: 3, using: &random) == .giveUp)
        #expect(policy.decision(failedAttempts: 4, retryAfter: .seconds(1), using: &random) == .giveUp)
    }

    @Test("waits at most 1, 2, 4, 8, 16 and then 30 seconds, and uses the whole range", arguments: 1...40)
    func ceiling(failures: Int) {
        var random = SplitMix64(seed: UInt64(failures))
        let ceiling = failures > 5 ? Duration.seconds(30) : .seconds(1 << (failures - 1))
        let delays = (0..<400).map { _ in RetryPolicy().delay(afterFailures: failures, using: &random) }
        #expect(delays.allSatisfy { $0 >= .zero && $0 <= ceiling })
        #expect(delays.contains { $0 < ceiling * 0.1 })
        #expect(delays.contains { $0 > ceiling * 0.9 })
    }

    @Test("never tries again before the server's Retry-After", arguments: 0..<50)
    func retryAfter(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let decision = RetryPolicy().decision(failedAttempts: 1, retryAfter: .seconds(7), using: &random)
        #expect(decision == .retry(after: .seconds(7)))
    }

    @Test("a policy without an attempt, or with a shrinking backoff, is our own mistake")
    func refusesNonsense() async {
        await #expect(processExitsWith: .failure) { _ = RetryPolicy(maxAttempts: 0) }
        await #expect(processExitsWith: .failure) {
            _ = RetryPolicy(initialBackoff: .seconds(2), maxBackoff: .seconds(1))
        }
    }
}
