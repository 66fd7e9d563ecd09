import Testing

@testable import Pacing

@Suite("A timetable of rates")
struct RateTimetableTests {
    @Test("each rate holds from its time on, the last one also in the morning")
    func rates() throws {
        let timetable = try #require(
            RateTimetable([.init(minute: 18 * 60 + 30, rate: 100), .init(minute: 8 * 60, rate: 20)])
        )
        #expect([0, 479, 480, 1_109, 1_110, 1_439].map(timetable.rate(atMinute:)) == [100, 100, 20, 20, 100, 100])
        #expect(timetable.lowest == 20)
    }

    @Test("two rates for one time, or none at all, are no timetable")
    func refused() {
        #expect(RateTimetable([]) == nil)
        #expect(RateTimetable([.init(minute: 1, rate: 1), .init(minute: 1, rate: 2)]) == nil)
    }

    @Test("a bound that is raised is used, one that is lowered is kept at once")
    func bounds() {
        let start = ContinuousClock.now
        var pace = Pace(.auto(max: 20), startingAt: start)
        var random = SystemRandomNumberGenerator()
        var now = start
        func run(seconds: Double) -> Int {
            let end = now + .seconds(seconds)
            var sent = 0
            while now < end {
                switch pace.takeTurn(at: now) {
                case .go:
                    sent += 1
                    _ = pace.record(.answered(latency: .milliseconds(1)), sentAt: now, at: now, using: &random)
                case .wait(let until): now = until
                }
            }
            return sent
        }
        _ = run(seconds: 5)
        #expect(pace.rate == 20)
        pace.setMaximum(100)
        _ = run(seconds: 10)
        #expect(pace.rate == 100)
        #expect(pace.limitedBy == .maxRate)
        pace.setMaximum(20)
        let sent = run(seconds: 10)
        #expect(sent <= 201)
        #expect(pace.limitedBy == .maxRate)
    }
}
