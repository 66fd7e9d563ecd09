import Testing

@testable import Pacing

@Suite("Refusals, and what they tell of the server's way to count")
struct RefusalsTests {
    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test("a refusal after which the next is refused begins a drought, which tells window and limit")
    func drought() throws {
        var refusals = Refusals()
        refusals.turnTaken(at: at(0))
        for index in 0..<100 { _ = refusals.passed(sentAt: at(Double(index) / 50)) }
        refusals.refused(sentAt: at(2), at: at(2.1), rate: 50)
        #expect(!refusals.isDry)
        for second in 3...9 { refusals.refused(sentAt: at(Double(second)), at: at(Double(second) + 0.1), rate: 50) }
        #expect(refusals.isDry)
        let isFirst = refusals.passed(sentAt: at(10))
        #expect(isFirst)
        let resumed = refusals.resumed(at: at(10))
        let (throughput, isNew) = try #require(resumed)
        #expect(throughput.contains(10.1) && throughput.upperBound < 11.5)
        #expect(isNew)
        #expect((7...10).contains(refusals.window))
        #expect(!refusals.isDry)
    }

    @Test("a short pause after which all gets through is no drought")
    func shortPause() {
        var refusals = Refusals()
        refusals.turnTaken(at: at(0))
        for index in 0..<100 { _ = refusals.passed(sentAt: at(Double(index) / 50)) }
        refusals.refused(sentAt: at(2), at: at(2.1), rate: 50)
        #expect(refusals.afterLongPause(at: at(3.1)) == nil)
        _ = refusals.passed(sentAt: at(3.2))
        let resumed = refusals.resumed(at: at(3.2))
        #expect(resumed == nil)
        #expect(!refusals.isWindowLong)
    }

    @Test("of the requests in flight behind a refusal a bucket lets through a share, a window none")
    func inFlight() {
        var refusals = Refusals()
        refusals.turnTaken(at: at(0))
        refusals.refused(sentAt: at(1), at: at(1.05), rate: 100)
        #expect(refusals.shareInFlight == nil)
        for _ in 0..<3 { _ = refusals.passed(sentAt: at(1.02)) }
        for _ in 0..<2 { refusals.refusedToo() }
        #expect(refusals.shareInFlight == 0.5)
    }

    @Test("refusals are rare while eight requests get through between them")
    func rare() {
        var refusals = Refusals()
        refusals.turnTaken(at: at(0))
        for second in 1...4 {
            refusals.refused(sentAt: at(Double(second)), at: at(Double(second)), rate: 9)
            for _ in 0..<3 { _ = refusals.passed(sentAt: at(Double(second) + 0.5)) }
        }
        #expect(!refusals.areRare)
    }
}
