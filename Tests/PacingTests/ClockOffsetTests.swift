import Testing

@testable import Pacing

@Suite("How far another clock is ahead")
struct ClockOffsetTests {
    private let start = ContinuousClock.now

    private func note(_ offset: inout ClockOffset, ahead: Duration, at: Duration, took: Duration) -> Duration {
        let asked = start + at
        return offset.note(asked + took / 2 + ahead, askedAt: asked, answeredAt: asked + took)
    }

    @Test("is known from the middle of the question")
    func middle() {
        var offset = ClockOffset()
        #expect(note(&offset, ahead: .seconds(7), at: .zero, took: .milliseconds(10)) == .seconds(7))
    }

    @Test("a slower answer that contradicts nothing changes nothing, a faster one is believed")
    func fastest() {
        var offset = ClockOffset()
        _ = note(&offset, ahead: .milliseconds(100), at: .zero, took: .milliseconds(10))
        let slow = note(&offset, ahead: .milliseconds(115), at: .seconds(1), took: .milliseconds(40))
        #expect(slow == .milliseconds(100))
        let fast = note(&offset, ahead: .milliseconds(103), at: .seconds(2), took: .milliseconds(2))
        #expect(fast == .milliseconds(103))
    }

    @Test("a clock that was set is believed at once")
    func set() {
        var offset = ClockOffset()
        _ = note(&offset, ahead: .milliseconds(100), at: .zero, took: .milliseconds(2))
        let set = note(&offset, ahead: .milliseconds(180), at: .seconds(1), took: .milliseconds(40))
        #expect(set == .milliseconds(180))
    }

    @Test("clocks drift, so that what was known once gives way in time")
    func drift() {
        var offset = ClockOffset()
        _ = note(&offset, ahead: .milliseconds(100), at: .zero, took: .milliseconds(2))
        let later = note(&offset, ahead: .milliseconds(101), at: .seconds(60), took: .milliseconds(8))
        #expect(later == .milliseconds(101))
    }
}
