import FoundationEssentials
import Testing

@testable import Pacing

@Suite("Turns that are laid out")
struct TurnSlotsTests {
    private let start = SharedClock.instant(microseconds: 1_790_000_000_000_000)

    private func slots() -> TurnSlots {
        var slots = TurnSlots(startingAt: start)
        for _ in 0..<10 { slots.layOut(spacing: .milliseconds(10)) }
        return slots
    }

    private func milliseconds(_ turns: [ContinuousClock.Instant]) -> [Int] {
        turns.map { Int(start.duration(to: $0) / .milliseconds(1)) }
    }

    @Test("are given evenly out of what is free, each once")
    func even() {
        var slots = slots()
        let end = start + .seconds(1)
        #expect(milliseconds(slots.take(5, from: start, to: end)) == [10, 30, 50, 70, 90])
        #expect(milliseconds(slots.take(2, from: start, to: end)) == [20, 60])
        #expect(milliseconds(slots.take(9, from: start, to: end)) == [0, 40, 80])
        #expect(slots.take(1, from: start, to: end).isEmpty)
        #expect(slots.given.countInSecond(before: start + .milliseconds(100)) == 10)
    }

    @Test("are given out of the stretch that is asked for")
    func stretch() {
        var slots = slots()
        #expect(
            milliseconds(slots.take(9, from: start + .milliseconds(15), to: start + .milliseconds(40))) == [20, 30]
        )
        #expect(slots.take(-1, from: start, to: start + .seconds(1)).isEmpty)
        slots.forget(before: start + .milliseconds(75))
        #expect(milliseconds(slots.take(9, from: start, to: start + .seconds(1))) == [80, 90])
    }

    @Test("never go back")
    func forward() {
        var slots = slots()
        slots.forgetAll()
        slots.goOn(at: start)
        slots.layOut(spacing: .milliseconds(10))
        slots.goOn(at: start + .milliseconds(500))
        slots.layOut(spacing: .milliseconds(10))
        #expect(milliseconds(slots.take(9, from: start, to: start + .seconds(1))) == [100, 500])
    }

    @Test("are the same when they were written down")
    func written() throws {
        var slots = slots()
        _ = slots.take(3, from: start, to: start + .seconds(1))
        let data = try JSONEncoder().encode(slots)
        #expect(try JSONDecoder().decode(TurnSlots.self, from: data) == slots)
    }
}
