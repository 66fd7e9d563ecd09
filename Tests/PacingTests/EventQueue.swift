/// Something that happens at an instant of simulated time.
protocol TimedEvent {
    var at: ContinuousClock.Instant { get }
}

/// Events in the order of their time: a binary heap.
struct EventQueue<Event: TimedEvent> {
    private var heap: [Event] = []

    mutating func insert(_ event: Event) {
        heap.append(event)
        var index = heap.count - 1
        while index > 0, heap[index].at < heap[(index - 1) / 2].at {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    /// The first event, unless it comes after `instant`.
    mutating func popFirst(before instant: ContinuousClock.Instant? = nil) -> Event? {
        guard let first = heap.first else { return nil }
        if let instant, first.at > instant { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var index = 0
        while 2 * index + 1 < heap.count {
            var child = 2 * index + 1
            if child + 1 < heap.count, heap[child + 1].at < heap[child].at { child += 1 }
            guard heap[child].at < heap[index].at else { break }
            heap.swapAt(index, child)
            index = child
        }
        return first
    }
}
