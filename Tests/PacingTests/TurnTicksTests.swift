import Testing

@testable import Pacing

@Suite("Turns by the tick")
struct TurnTicksTests {
    private let start = SharedClock.instant(microseconds: 1_790_000_000_000_000)

    @Test("counts the turns of a second, wherever it begins", arguments: [0, 7, 25, 1_003])
    func count(offset: Int) {
        var ticks = TurnTicks()
        for number in 0..<1_000 { ticks.note(start + .milliseconds(5 * number)) }
        let count = ticks.countInSecond(before: start + .seconds(3.5) + .milliseconds(offset))
        #expect(abs(count - 200) <= 1)
    }

    @Test("what was three seconds ago is forgotten, and turns may come out of order")
    func forgets() {
        var ticks = TurnTicks()
        ticks.note(start + .seconds(10))
        ticks.note(start + .seconds(9.9))
        ticks.note(start)
        #expect(ticks.countInSecond(before: start + .seconds(10.5)) == 2)
        #expect(ticks.countInSecond(before: start + .seconds(0.5)) == 0)
    }
}
