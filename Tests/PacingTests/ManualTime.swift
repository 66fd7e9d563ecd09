import Dispatch
import Pacing
import Synchronization

/// Time that stands still until the test moves it; threads that wait for an instant sleep until it has been reached.
///
/// With `advancesByItself` a wait moves the time to its own deadline at once, for tests with a single waiting thread.
final class ManualTime: TimeSource {
    private struct Waiter {
        var deadline: ContinuousClock.Instant
        var wakeUp: DispatchSemaphore
    }

    private struct State {
        var now: ContinuousClock.Instant
        var waiters: [Waiter] = []
        /// Those who want to know when somebody begins to wait.
        var observers: [CheckedContinuation<ContinuousClock.Instant, Never>] = []
    }

    let origin: ContinuousClock.Instant
    private let advancesByItself: Bool
    private let state: Mutex<State>

    init(advancesByItself: Bool = false) {
        origin = ContinuousClock.now
        self.advancesByItself = advancesByItself
        state = Mutex(State(now: origin))
    }

    var now: ContinuousClock.Instant {
        state.withLock { $0.now }
    }

    func wait(until deadline: ContinuousClock.Instant, unless stop: StopSignal) {
        let wakeUp = DispatchSemaphore(value: 0)
        let (mustWait, observers) = state.withLock { state in
            guard deadline > state.now else { return (false, [CheckedContinuation<ContinuousClock.Instant, Never>]()) }
            guard !advancesByItself else {
                state.now = deadline
                return (false, [])
            }
            state.waiters.append(Waiter(deadline: deadline, wakeUp: wakeUp))
            defer { state.observers = [] }
            return (true, state.observers)
        }
        guard mustWait else { return }
        for observer in observers {
            observer.resume(returning: deadline)
        }
        stop.whenRaised { wakeUp.signal() }
        wakeUp.wait()
    }

    /// Moves the time and wakes those whose instant has come.
    func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now += duration
            let due = state.waiters.filter { $0.deadline <= state.now }
            state.waiters.removeAll { $0.deadline <= state.now }
            return due
        }
        for waiter in due {
            waiter.wakeUp.signal()
        }
    }

    /// Waits until a thread waits for an instant; returns the earliest such instant.
    func nextDeadline() async -> ContinuousClock.Instant {
        await withCheckedContinuation { continuation in
            let earliest = state.withLock { state in
                let earliest = state.waiters.map(\.deadline).min()
                if earliest == nil { state.observers.append(continuation) }
                return earliest
            }
            if let earliest { continuation.resume(returning: earliest) }
        }
    }
}
