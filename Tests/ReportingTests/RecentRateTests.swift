import Reporting
import Testing

@Suite("The rate of the last seconds")
struct RecentRateTests {
    private let start = ContinuousClock.now

    @Test("is the mean of the last ten seconds, and before that since the start")
    func window() {
        var rate = RecentRate(startingAt: start)
        #expect(rate.note(0, at: start) == 0)
        #expect(rate.note(10, at: start + .seconds(2)) == 5)
        #expect(rate.note(100, at: start + .seconds(10)) == 10)
        // Since the second second: 210 - 10 in ten seconds.
        #expect(rate.note(210, at: start + .seconds(12)) == 20)
        #expect(rate.note(210, at: start + .seconds(20)) == 11)
        #expect(rate.note(210, at: start + .seconds(22)) == 0, "it tells of a halt")
    }

    @Test("asked seldom, it is the mean since it was asked last")
    func seldom() {
        var rate = RecentRate(startingAt: start)
        #expect(rate.note(300, at: start + .seconds(30)) == 10)
        #expect(rate.note(900, at: start + .seconds(60)) == 20)
    }
}
