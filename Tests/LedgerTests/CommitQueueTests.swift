import Ledger
import LedgerTestKit
import Testing

@testable import SQLiteLedger

@Suite("When what waits for a commit is committed")
struct CommitQueueTests {
    let entry = CommitQueue.Entry(change: .settle(Ticket(row: 1), Settlement(state: .linked)), completion: nil)

    @Test("the first entry asks for a commit soon, a full group for one now, those between for none")
    func asksOnce() {
        var queue = CommitQueue()
        let asked = (1...CommitQueue.batch).map { _ in queue.append(entry) }
        #expect(asked.first == .commitSoon(group: 0))
        #expect(asked.last == .commitNow(group: 0))
        #expect(asked.dropFirst().dropLast().allSatisfy { $0 == .nothing })
    }

    @Test("a commit that was asked for by a group that is gone leaves the next group waiting for company")
    func goneGroup() throws {
        var queue = CommitQueue()
        #expect(queue.append(entry) == .commitSoon(group: 0))
        #expect(queue.isWaiting(0))
        #expect(try queue.takeAll().count == 1)
        #expect(!queue.isWaiting(0))
        #expect(queue.append(entry) == .commitSoon(group: 1))
        #expect(!queue.isWaiting(0))
        #expect(queue.isWaiting(1))
    }

    @Test("after a failure nothing waits and nothing is taken")
    func failed() {
        var queue = CommitQueue()
        _ = queue.append(entry)
        let failure = LedgerError.writeFailed(path: "a.ledger", reason: "the disk is full")
        #expect(queue.fail(failure).count == 1)
        #expect(!queue.isWaiting(0))
        #expect(queue.append(entry) == .refuse(failure))
        #expect(throws: failure) { try queue.takeAll() }
    }
}
