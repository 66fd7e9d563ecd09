import Dispatch
import Locking

/// Hands values from one thread to several; whoever is too fast waits.
///
/// The giver, once it had to wait, is woken when the queue is half empty rather than for each value: the takers would
/// otherwise spend much of their time on waking it. All of them are threads that may block, never those of a `Task`.
final class BoundedQueue<Element: Sendable>: Sendable {
    private struct State {
        /// A ring: the oldest value is at `head`.
        var slots: [Element?]
        var head = 0
        var count = 0
        /// How many values may wait, at most as many as there are slots.
        var capacity: Int
        /// Whether the giver waits for room.
        var giverWaits = false
    }

    private let state: HotMutex<State>
    private let room = DispatchSemaphore(value: 0)
    private let filled = DispatchSemaphore(value: 0)

    /// For `capacity` values, and later for up to `largest`.
    init(capacity: Int, largest: Int) {
        precondition((1...largest).contains(capacity), "a queue for \(capacity) to \(largest) values")
        state = HotMutex(State(slots: Array(repeating: nil, count: largest), capacity: capacity))
    }

    /// Lets twice as many values wait from now on, if the takers have run out of them and it can hold more.
    ///
    /// - Returns: whether it does.
    func growIfEmpty() -> Bool {
        state.withLock { state in
            guard state.count == 0, state.capacity < state.slots.count else { return false }
            state.capacity = min(2 * state.capacity, state.slots.count)
            return true
        }
    }

    /// Blocks while the queue is full. For one thread at a time.
    func push(_ element: Element) {
        while !tryPush(element) { room.wait() }
        filled.signal()
    }

    private func tryPush(_ element: Element) -> Bool {
        state.withLock { state in
            guard state.count < state.capacity else {
                state.giverWaits = true
                return false
            }
            state.slots[(state.head + state.count) % state.slots.count] = element
            state.count += 1
            return true
        }
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
        let (element, wakesGiver) = state.withLock { state -> (Element?, Bool) in
            guard state.count > 0 else { return (nil, false) }
            let element = state.slots[state.head].take()
            state.head = (state.head + 1) % state.slots.count
            state.count -= 1
            let wakesGiver = state.giverWaits && state.count <= state.capacity / 2
            if wakesGiver { state.giverWaits = false }
            return (element, wakesGiver)
        }
        if wakesGiver { room.signal() }
        return element
    }
}
