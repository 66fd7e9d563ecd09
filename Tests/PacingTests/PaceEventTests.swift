import FoundationEssentials
import Testing

@testable import Pacing

@Suite("What processes tell")
struct PaceEventTests {
    private let start = SharedClock.instant(microseconds: 1_790_000_000_000_000)

    private func event(_ what: PaceEvent.What, at milliseconds: Int, age: Int = 0) -> PaceEvent {
        let at = start + .milliseconds(milliseconds)
        return PaceEvent(what: what, at: at, sentAt: at - .milliseconds(age), pauses: 3)
    }

    @Test("is taken out in order, up to when it is complete")
    func order() {
        var events = PaceEvents()
        let told = [30, 10, 50, 20].map { event(.turn, at: $0) }
        for event in told { events.append(event) }
        #expect(events.removeAll(until: start + .milliseconds(30)) == [told[1], told[3], told[0]])
        #expect(events.removeAll(until: start + .milliseconds(30)).isEmpty)
        #expect(events.removeAll(until: start + .milliseconds(60)) == [told[2]])
    }

    @Test("is the same when it was written down, whatever it is")
    func written() throws {
        var events = PaceEvents()
        events.append(event(.turn, at: 50))
        events.append(event(.answer(.answered(latency: .milliseconds(40))), at: 20, age: 45))
        events.append(event(.answer(.unanswered), at: 60, age: 30_000))
        events.append(event(.answer(.throttled(retryAfter: .seconds(5))), at: 61, age: 40))
        events.append(event(.answer(.throttled(retryAfter: nil)), at: 62, age: 40))
        let data = try JSONEncoder().encode(events)
        #expect(try JSONDecoder().decode(PaceEvents.self, from: data) == events)
    }

    @Test("by another clock it is told to the microsecond")
    func moved() {
        var early = event(.turn, at: 10)
        early.at += .nanoseconds(700)
        #expect(early.moved(by: .milliseconds(5)).at == start + .milliseconds(15))
    }
}

@Suite("Many numbers as one text")
struct PackedNumbersTests {
    @Test("are the same when they were written down", arguments: [[], [0], [1, -20, .max, .min]] as [[Int64]])
    func written(numbers: [Int64]) throws {
        let data = try JSONEncoder().encode(PackedNumbers(numbers))
        #expect(try JSONDecoder().decode(PackedNumbers.self, from: data) == PackedNumbers(numbers))
    }

    @Test("a text that is something else is an error", arguments: ["1 x", "1,2", "1.5", "99999999999999999999"])
    func damaged(text: String) throws {
        let data = try JSONEncoder().encode(text)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(PackedNumbers.self, from: data) }
    }
}
