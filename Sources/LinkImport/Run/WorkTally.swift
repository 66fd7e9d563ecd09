import Synchronization

/// How far the workers of a run are.
package struct WorkCounts: Sendable, Equatable {
    /// Rows that the workers were given and that have come to their end since.
    package var ended: Int
    /// Rows that were handed to the workers and have no end yet: in flight, or waiting for a worker, a turn, a retry or
    /// their place in the ledger.
    package var waiting: Int

    package init(ended: Int = 0, waiting: Int = 0) {
        self.ended = ended
        self.waiting = waiting
    }
}

/// Counts the rows that go to the workers of a run and come back. Any thread may use it.
final class WorkTally: Sendable {
    private let given = Atomic(0)
    private let ended = Atomic(0)

    func giveOut(_ rows: Int = 1) {
        given.add(rows, ordering: .relaxed)
    }

    func end(_ rows: Int = 1) {
        ended.add(rows, ordering: .relaxed)
    }

    var counts: WorkCounts {
        let ended = ended.load(ordering: .relaxed)
        return WorkCounts(ended: ended, waiting: max(0, given.load(ordering: .relaxed) - ended))
    }
}
