import Locking
import Synchronization

/// How far the workers of a run are.
package struct WorkCounts: Sendable, Equatable {
    /// Rows that the workers were given and that have come to their end since.
    package var ended: Int
    /// Rows that were handed to the workers and have no end yet: in flight, or waiting for a worker, a turn, a retry or
    /// their place in the ledger.
    package var waiting: Int
    /// Rows that other processes have in hand; nil unless the run has come to waiting for them.
    package var awaited: AwaitedRows?

    package init(ended: Int = 0, waiting: Int = 0, awaited: AwaitedRows? = nil) {
        self.ended = ended
        self.waiting = waiting
        self.awaited = awaited
    }
}

/// Counts the rows that go to the workers of a run and come back. Any thread may use it.
final class WorkTally: Sendable {
    private let given = Atomic(0)
    private let ended = Atomic(0)
    private let awaited = HotMutex<AwaitedRows?>(nil)

    func giveOut(_ rows: Int = 1) {
        given.add(rows, ordering: .relaxed)
    }

    func end(_ rows: Int = 1) {
        ended.add(rows, ordering: .relaxed)
    }

    /// `rows`: nil when it waits no more.
    func wait(for rows: AwaitedRows?) {
        awaited.withLock { $0 = rows }
    }

    var counts: WorkCounts {
        let ended = ended.load(ordering: .relaxed)
        return WorkCounts(
            ended: ended,
            waiting: max(0, given.load(ordering: .relaxed) - ended),
            awaited: awaited.withLock { $0 }
        )
    }
}
