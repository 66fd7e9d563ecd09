import Foundation
import Ledger
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("What the ledger keeps of a run's pace")
struct PaceChangesTests {
    private var changes = PaceChanges()
    private static let start = Date(timeIntervalSince1970: 1_772_337_906)

    private mutating func look(
        _ seconds: Double,
        rate: Double = 10,
        pausedUntil: Double? = nil,
        isLast: Bool = false
    ) -> PaceSample? {
        changes.sample(
            PaceSample(at: Self.start + seconds, rate: rate, requests: 5, throttled: 1),
            pausedUntil: pausedUntil.map { Self.start + $0 },
            isLast: isLast
        )
    }

    private static func sample(_ seconds: Double, _ rate: Double, pause: ClosedRange<Double>? = nil) -> PaceSample {
        PaceSample(
            at: start + seconds,
            rate: rate,
            pause: pause.map { (start + $0.lowerBound)...(start + $0.upperBound) },
            requests: 5,
            throttled: 1
        )
    }

    @Test("the first look is kept, and what looks the same is not, but for a sign of life each minute")
    mutating func unchanged() {
        #expect(look(0) == Self.sample(0, 10))
        #expect(look(0.25) == nil)
        #expect(look(30, rate: 10.1) == nil)
        #expect(look(59.9) == nil)
        #expect(look(60) == Self.sample(60, 10))
        #expect(look(119) == nil)
    }

    @Test("another rate is kept, at most once a second")
    mutating func rates() {
        _ = look(0)
        #expect(look(0.25, rate: 20) == nil)
        #expect(look(1, rate: 20) == Self.sample(1, 20))
        #expect(look(1.75, rate: 40) == nil)
        #expect(look(2, rate: 10) == Self.sample(2, 10))
    }

    @Test("a pause is kept once, from the moment at which it was seen")
    mutating func pauses() {
        _ = look(0)
        #expect(look(5, pausedUntil: 8) == Self.sample(5, 10, pause: 5...8))
        #expect(look(6.25, pausedUntil: 8.05) == nil)
        #expect(look(7.5, pausedUntil: 7.99) == nil)
        #expect(look(9) == nil)
        #expect(look(10, pausedUntil: 11) == Self.sample(10, 10, pause: 10...11))
    }

    @Test("a pause that is made longer goes on from where it would have ended")
    mutating func longerPause() {
        _ = look(0)
        _ = look(5, pausedUntil: 8)
        #expect(look(7, pausedUntil: 12) == Self.sample(7, 10, pause: 8...12))
    }

    @Test("a pause that was over before it could be written is not lost")
    mutating func shortPause() {
        _ = look(0)
        #expect(look(0.25, pausedUntil: 0.5) == nil)
        #expect(look(0.75) == nil)
        #expect(look(1) == Self.sample(1, 10, pause: 0.25...0.5))
        #expect(look(2) == nil)
    }

    @Test("the last look is kept in any case")
    mutating func last() {
        _ = look(0)
        #expect(look(0.1, pausedUntil: 3, isLast: true) == Self.sample(0.1, 10, pause: 0.1...3))
    }

    @Test("a clock that is set back keeps nothing from being written")
    mutating func setBack() {
        _ = look(0)
        #expect(look(-3600, rate: 20) == Self.sample(-3600, 20))
        #expect(look(-3599, rate: 10) == Self.sample(-3599, 10))
    }
}
