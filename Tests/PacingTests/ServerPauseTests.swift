import SeededRandom
import Testing

@testable import Pacing

@Suite("The pause that a server asks for")
struct ServerPauseTests {
    private let start = ContinuousClock.now

    @Test("only refusals that begin a pause of their own make the next backoff longer")
    func backoff() {
        var random = SplitMix64(seed: 3)
        var pause = ServerPause()
        var longest = Duration.zero
        for number in 0..<200 {
            let length = pause.refused(
                retryAfter: nil,
                isNew: number == 0,
                at: start,
                maxWait: .seconds(300),
                using: &random
            )
            longest = max(longest, length)
        }
        #expect(longest <= .seconds(1))
        #expect(pause.refusedSince == start)
        pause.answered()
        #expect(pause.refusedSince == nil)
        #expect(pause.until == start + longest)
    }

    @Test("a stop is due once there have been nothing but refusals for too long")
    func stop() {
        var random = SplitMix64(seed: 3)
        var pause = ServerPause()
        for second in [0, 6] {
            let now = start + .seconds(second)
            let length = pause.refused(
                retryAfter: .seconds(5),
                isNew: true,
                at: now,
                maxWait: .seconds(6),
                using: &random
            )
            let reason = pause.reasonToStop(pause: length, at: now, maxWait: .seconds(6))
            #expect(reason == (second == 0 ? nil : .throttledTooLong(lasted: .seconds(6), suggestedWait: .seconds(5))))
        }
        #expect(
            pause.reasonToStop(pause: .seconds(7), at: start, maxWait: .seconds(6)) == .pauseTooLong(wait: .seconds(7))
        )
    }
}
