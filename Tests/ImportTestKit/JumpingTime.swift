package import Pacing
import Synchronization

/// A clock that stands still until somebody waits, and then jumps to the end of the wait: nothing waits for real.
///
/// Any thread may use it.
package final class JumpingTime: TimeSource {
    private struct State {
        var now: ContinuousClock.Instant
        var waits: [Duration] = []
    }

    private let state = Mutex(State(now: .now))
    private let beforeWait: @Sendable (Int) -> Void

    /// - Parameter beforeWait: called with the number of each wait, from 1, before the clock jumps.
    package init(beforeWait: @escaping @Sendable (Int) -> Void = { _ in }) {
        self.beforeWait = beforeWait
    }

    package var now: ContinuousClock.Instant { state.withLock { $0.now } }

    /// How long each wait was, in their order.
    package var waits: [Duration] { state.withLock { $0.waits } }

    package func wait(until deadline: ContinuousClock.Instant, unless stop: StopSignal) {
        let number = state.withLock { state in
            state.waits.append(max(.zero, state.now.duration(to: deadline)))
            return state.waits.count
        }
        beforeWait(number)
        guard !stop.isRaised else { return }
        state.withLock { $0.now = max($0.now, deadline) }
    }
}
