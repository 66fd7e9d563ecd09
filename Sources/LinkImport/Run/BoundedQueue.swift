import Dispatch
import Synchronization

/// Hands values from one thread to several; whoever is too fast waits.
///
/// Two counting semaphores (free places, values) around a short critical section: the classic bounded buffer. Its
/// threads are workers of serial Dispatch queues, never those of a `Task`.
final class BoundedQueue<Element: Sendable>: Sendable {
    private struct State {
        /// A ring: the oldest value is at `head`.
        var slots: [Element?]
        var head = 0
        var count = 0
    }

    private let state: Mutex<State>
    private let free: DispatchSemaphore
    private let filled = DispatchSemaphore(value: 0)

    init(capacity: Int) {
        precondition(capacity > 0, "a queue for \(capacity) values")
        state = Mutex(State(slots: Array(repeating: nil, count: capacity)))
        free = DispatchSemaphore(value: capacity)
    }

    /// Blocks while the queue is full.
    func push(_ element: Element) {
        free.wait()
        state.withLock { state in
            state.slots[(state.head + state.count) % state.slots.count] = element
            state.count += 1
        }
        filled.signal()
    }

    /// Says that nothing more will come; each of `consumers` gets its nil once the queue is empty.
    func close(consumers: Int) {
        for _ in 0..<consumers { filled.signal() }
    }

    /// Blocks while the queue is empty.
    ///
    /// - Returns: the oldest value, or nil when the queue was closed.
    func pop() -> Element? {
        filled.wait()
        let element = state.withLock { state -> Element? in
            guard state.count > 0 else { return nil }
            let element = state.slots[state.head].take()
            state.head = (state.head + 1) % state.slots.count
            state.count -= 1
            return element
        }
        if element != nil { free.signal() }
        return element
    }
}
