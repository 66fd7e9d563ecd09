import SeededRandom
import Testing

@testable import Pacing

@Suite("The turns of the last second, counted")
struct TurnHistoryTests {
    private let start = ContinuousClock.now

    @Test("counts the second before an instant, and finds the n-th last turn")
    func counts() {
        var history = TurnHistory()
        for tenth in 0...20 { history.append(start + .milliseconds(100 * tenth)) }
        #expect(history.countInSecond(before: start + .seconds(2)) == 10)
        #expect(history.countInSecond(before: start) == 0)
        #expect(history.countInSecond(before: start + .milliseconds(2_001)) == 10)
        #expect(history.countInSecond(before: start + .seconds(9)) == 0)
        #expect(history.turn(ago: 1) == start + .seconds(2))
        #expect(history.turn(ago: 21) == start)
        #expect(history.turn(ago: 22) == nil)
    }

    @Test("agrees with counting by hand while it forgets what is old", .tags(.property), arguments: 0..<20)
    func agrees(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var history = TurnHistory()
        var all: [ContinuousClock.Instant] = []
        var now = start
        for _ in 0..<5_000 {
            now += .microseconds(Int.random(in: 0...2_000, using: &random))
            history.append(now)
            all.append(now)
        }
        for back in [0, 1, 100, 1_900] {
            let instant = now - .milliseconds(back)
            #expect(
                history.countInSecond(before: instant)
                    == all.count { $0 < instant && $0 >= instant - .seconds(1) }
            )
        }
        #expect(history.turn(ago: 500) == all[all.count - 500])
        #expect(history.turn(ago: 5_000) == nil)
    }
}
