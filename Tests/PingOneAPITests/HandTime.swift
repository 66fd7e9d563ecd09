import Dispatch
import Pacing
import PingOneAPI
import Synchronization
import TestKit
import Testing

/// Time that stands still until the test moves it. Nobody may wait for it.
final class HandTime: TimeSource {
    private let instant = Mutex(ContinuousClock.now)

    var now: ContinuousClock.Instant {
        instant.withLock { $0 }
    }

    func advance(by duration: Duration) {
        instant.withLock { $0 += duration }
    }

    func wait(until deadline: ContinuousClock.Instant, unless stop: StopSignal) {
        Issue.record("nobody waits for a time here")
    }
}

/// Where tokens come from in a test: each fetch does the next step of the script.
final class ScriptedFetch: Sendable {
    struct Failed: Error, Equatable {}
    struct OutOfScript: Error {}

    typealias Step = @Sendable () throws -> FetchedToken

    private struct State {
        var steps: [Step]
        var count = 0
    }

    private let state: Mutex<State>

    init(_ steps: [Step]) {
        state = Mutex(State(steps: steps))
    }

    /// How many times somebody has fetched.
    var count: Int {
        state.withLock { $0.count }
    }

    func fetch() throws -> FetchedToken {
        let step = state.withLock { state in
            state.count += 1
            return state.steps.isEmpty ? nil : state.steps.removeFirst()
        }
        guard let step else {
            Issue.record("one fetch more than the script has")
            throw OutOfScript()
        }
        return try step()
    }
}

/// A place at which a thread stands until the test lets it pass.
final class Gate: Sendable {
    private let arrived = DispatchSemaphore(value: 0)
    private let opened = DispatchSemaphore(value: 0)

    /// For the thread: says that it is here, and waits.
    func pass() {
        arrived.signal()
        opened.wait()
    }

    /// For the test: returns when a thread stands at the gate.
    func arrival() async {
        await onThread { self.arrived.wait() }
    }

    func open() {
        opened.signal()
    }
}
