import Testing

@testable import LinkImport

@Suite("So many outcomes of one kind in a row")
struct StreakTests {
    @Test("the twentieth in a row reaches the limit, and the limit stays reached")
    func reachesLimit() {
        var streak = Streak(limit: 20)
        let reached = (1...21).map { _ in streak.record(true) }
        #expect(reached == Array(repeating: false, count: 19) + [true, true])
        #expect(streak.length == 21)
    }

    @Test("any other outcome begins anew")
    func beginsAnew() {
        var streak = Streak(limit: 2)
        let reached = [true, false, true, true, false, true].map { streak.record($0) }
        #expect(reached == [false, false, false, true, false, false])
        #expect(streak.length == 1)
    }

    @Test("a limit below one is our own mistake")
    func refusesZero() async {
        await #expect(processExitsWith: .failure) {
            _ = Streak(limit: 0)
        }
    }
}
