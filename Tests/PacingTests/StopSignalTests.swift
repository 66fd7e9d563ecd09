import Dispatch
import Pacing
import TestKit
import Testing

@Suite("A signal that ends all waiting")
struct StopSignalTests {
    @Test("is down at first, and stays raised however often it is raised")
    func raisedOnce() {
        let stop = StopSignal()
        #expect(!stop.isRaised)
        stop.raise()
        stop.raise()
        #expect(stop.isRaised)
    }

    @Test("a wait ends at its deadline, and says that the signal was not raised")
    func deadline() async {
        let stop = StopSignal()
        let raised = await onThread { stop.wait(until: .now()) }
        #expect(!raised)
    }

    @Test("raising wakes every thread that waits")
    func wakesAll() async {
        let stop = StopSignal()
        let results = await withTaskGroup(of: Bool.self) { group in
            for _ in 1...8 {
                group.addTask { await onThread { stop.wait() } }
            }
            group.addTask {
                stop.raise()
                return true
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results == Array(repeating: true, count: 9))
    }

    @Test("calls what was left with it, also when it is raised already")
    func announces() async {
        let stop = StopSignal()
        await withCheckedContinuation { continuation in
            stop.whenRaised { continuation.resume() }
            stop.raise()
        }
        await withCheckedContinuation { continuation in
            stop.whenRaised { continuation.resume() }
        }
        #expect(stop.isRaised)
    }

    @Test("may go away without having been raised")
    func goesAway() {
        var stop: StopSignal? = StopSignal()
        weak let observed = stop
        stop = nil
        #expect(observed == nil)
        #expect(stop == nil)
    }
}
