import Dispatch
import Locking

/// Lets one thread in at a time, in the order in which they came.
///
/// A semaphore alone would let a newcomer overtake a thread that is just being woken.
final class TurnQueue: Sendable {
    private struct State {
        var isTaken = false
        var waiting: [DispatchSemaphore] = []
    }

    private let state = HotMutex(State())

    /// Whether nobody is inside or waits.
    var isFree: Bool { state.withLock { !$0.isTaken } }

    /// How many are inside or wait.
    var count: Int { state.withLock { $0.isTaken ? $0.waiting.count + 1 : 0 } }

    /// Blocks until the calling thread is the one inside.
    func enter() {
        let ticket = state.withLock { state -> DispatchSemaphore? in
            guard state.isTaken else {
                state.isTaken = true
                return nil
            }
            let ticket = DispatchSemaphore(value: 0)
            state.waiting.append(ticket)
            return ticket
        }
        ticket?.wait()
    }

    /// Hands the place over to the next in the queue, if there is one.
    func leave() {
        let next = state.withLock { state -> DispatchSemaphore? in
            guard !state.waiting.isEmpty else {
                state.isTaken = false
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.signal()
    }
}
