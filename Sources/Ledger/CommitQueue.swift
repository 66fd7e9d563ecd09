/// What workers have reported and no commit has taken yet. A value, which the store that commits keeps behind a lock.
package struct CommitQueue: Sendable {
    /// What is to happen to a row, or to be known of the run.
    package enum Change: Sendable {
        case settle(Ticket, Settlement)
        case withdraw(Ticket, restoring: KnownLink?)
        case endUndoing(Ticket, UndoOutcome)
        case note(UserCheck)
        case noteSeen(KnownLink)
        case notePace(PaceSample)
    }

    /// A change, and who wants to know when it is durable.
    package struct Entry: Sendable {
        package var change: Change
        package var completion: RecordCompletion?

        package init(change: Change, completion: RecordCompletion?) {
            self.change = change
            self.completion = completion
        }
    }

    /// What the caller of ``append(_:)`` has to do.
    package enum Next: Equatable {
        /// A commit is on its way already.
        case nothing
        /// This is the first entry of a group: have that committed before long.
        case commitSoon(group: Int)
        /// The group is large enough: have it committed now.
        case commitNow(group: Int)
        /// No commit ever comes again; the entry was not taken.
        case refuse(LedgerError)
    }

    /// So many entries are committed without waiting for more: enough that the one write to the disk is a small part of
    /// the cost of each, and few enough that they do not keep an admission waiting.
    package static let batch = 512

    package init() {}

    private var entries: [Entry] = []
    /// Which group the next entry belongs to: how many have been taken.
    private var group = 0
    /// Why nothing is written any more: the first error, or the end.
    package private(set) var failure: LedgerError?

    /// Whether the group still waits: not if a commit has come before the one that its entries asked for. Committing
    /// whatever waits instead would leave the group that came after it without company, and so the next one, for ever.
    package func isWaiting(_ group: Int) -> Bool { group == self.group && !entries.isEmpty }

    package mutating func append(_ entry: Entry) -> Next {
        if let failure { return .refuse(failure) }
        entries.append(entry)
        return switch entries.count {
        case 1: .commitSoon(group: group)
        case Self.batch: .commitNow(group: group)
        default: .nothing
        }
    }

    /// Everything that waits, in the order in which it came.
    package mutating func takeAll() throws(LedgerError) -> [Entry] {
        if let failure { throw failure }
        defer {
            entries = []
            group += 1
        }
        return entries
    }

    /// Refuses everything from now on, and returns what came too late for a commit. The first error stays.
    package mutating func fail(_ error: LedgerError) -> [Entry] {
        failure = failure ?? error
        defer { entries = [] }
        return entries
    }
}
