import Pacing
import Testing

@Suite("The breaker: when too many rows have failed")
struct BreakerTests {
    @Test(
        "reads a number or a percentage",
        arguments: [
            ("1", Breaker.Limit.count(1)), ("100", .count(100)), ("50%", .percent(50)), ("2.5%", .percent(2.5)),
            ("100%", .percent(100)),
        ]
    )
    func reads(argument: String, limit: Breaker.Limit) {
        #expect(Breaker.Limit(argument: argument) == limit)
    }

    @Test(
        "reads nothing else",
        arguments: ["", "0", "-1", "1.5", "0%", "-5%", "101%", "%", "nan%", "inf%", "abc", "5 %", "50%%", " 5"]
    )
    func readsNothingElse(argument: String) {
        #expect(Breaker.Limit(argument: argument) == nil)
    }

    @Test("says nothing about fewer than twenty rows")
    func twentyRows() {
        var breaker = Breaker()
        let early = (1...19).map { _ in breaker.record(failed: "400 INVALID_DATA") }
        #expect(early.allSatisfy { $0 == nil })
        #expect(
            breaker.record(failed: nil)
                == Breaker.Trip(failed: 19, rows: 20, cause: "400 INVALID_DATA", withCause: 19)
        )
    }

    @Test("looks only at the last 200 rows")
    func lastRows() {
        var breaker = Breaker()
        for _ in 1...1_000 { _ = breaker.record(failed: nil) }
        let trips = (1...100).map { _ in breaker.record(failed: "timeout") }
        #expect(trips.dropLast().allSatisfy { $0 == nil })
        #expect(trips.last == Breaker.Trip(failed: 100, rows: 200, cause: "timeout", withCause: 100))
    }

    @Test("forgets failures that have left the window")
    func forgets() {
        var breaker = Breaker(.percent(10))
        var trips: [Breaker.Trip?] = []
        for round in 0..<10 {
            // 19 failures among 200, always below ten percent once the first rows are over.
            for row in 0..<200 {
                trips.append(breaker.record(failed: row % 11 == 10 || (round > 0 && row == 199) ? "timeout" : nil))
            }
        }
        #expect(trips.allSatisfy { $0 == nil })
    }

    @Test("trips only once")
    func once() {
        var breaker = Breaker(.count(2))
        let trips = (1...4).map { _ in breaker.record(failed: "timeout") }
        #expect(trips.map { $0 != nil } == [false, true, false, false])
    }

    @Test("a number counts from the beginning of the run and names the cause that dominated")
    func number() throws {
        var breaker = Breaker(.count(4))
        for _ in 1...996 { _ = breaker.record(failed: nil) }
        let trips = ["timeout", "400 INVALID_DATA", "400 INVALID_DATA", "400 INVALID_DATA"]
            .map { breaker.record(failed: $0) }
        let trip = try #require(trips.last ?? nil)
        #expect(trip == Breaker.Trip(failed: 4, rows: 1_000, cause: "400 INVALID_DATA", withCause: 3))
        #expect(
            trip.description == "4 of the last 1000 rows sent have failed, 75 % of them with 400 INVALID_DATA"
        )
    }

    @Test(
        "of one failed row no share is told",
        arguments: [
            (1, "the last row sent has failed, with timeout"),
            (3, "1 of the last 3 rows sent has failed, with timeout"),
        ]
    )
    func one(rows: Int, text: String) {
        #expect(Breaker.Trip(failed: 1, rows: rows, cause: "timeout", withCause: 1).description == text)
    }

    @Test("among causes of the same number it names the first by name")
    func tie() {
        var breaker = Breaker(.count(2))
        _ = breaker.record(failed: "b")
        #expect(breaker.record(failed: "a")?.cause == "a")
    }
}
