import Testing

@testable import Ledger
@testable import LinkImport

@Suite("Which rows go to the workers")
struct SendGateTests {
    /// Hands new rows to a gate, batch by batch.
    ///
    /// - Returns: how many rows of each batch are admitted.
    private func admitted(_ gate: inout SendGate, batches: [Int]) -> [Int] {
        batches.map { rows in
            gate.beginBatch()
            let admitted = (0..<rows).count { _ in gate.admits(1, nil, nil) }
            gate.sent(admitted)
            return admitted
        }
    }

    @Test("the first one alone, then all")
    func first() {
        var gate = SendGate(policy: ResumePolicy())
        #expect(admitted(&gate, batches: [5, 5, 7]) == [1, 5, 7])
        #expect(gate.sentRows == 13)
        #expect(!gate.isLimitReached)
    }

    @Test("a batch of which nothing was admitted leaves the first one to come")
    func none() {
        var gate = SendGate(policy: ResumePolicy())
        gate.beginBatch()
        let isAdmitted = gate.admits(1, .sample(.linked), nil)
        #expect(!isAdmitted)
        gate.sent(0)
        #expect(admitted(&gate, batches: [3, 3]) == [1, 3])
    }

    @Test("what is left behind the first one waits, and goes in its turn")
    func later() {
        var gate = SendGate(policy: ResumePolicy(), limit: 3)
        #expect(admitted(&gate, batches: [3]) == [1])
        let isLater = gate.postpones(1, nil, nil)
        #expect(isLater)
        #expect(!gate.isLimitReached)
        #expect(admitted(&gate, batches: [2]) == [2])
    }

    @Test("no more than the limit; it is reached when one more would be sent", arguments: 0..<5)
    func limit(limit: Int) {
        var gate = SendGate(policy: ResumePolicy(), limit: limit)
        #expect(admitted(&gate, batches: [2, 2, 2, 2]).reduce(0, +) == limit)
        #expect(gate.room == 0)
        #expect(!gate.isLimitReached)
        let isFinishedLater = gate.postpones(1, .sample(.linked), nil)
        #expect(!isFinishedLater)
        #expect(!gate.isLimitReached)
        let isOverLimitLater = gate.postpones(1, .sample(.failed), nil)
        #expect(!isOverLimitLater)
        #expect(gate.isLimitReached)
    }

    @Test("an account that another user has closes the row where links are made, and not where they go")
    func rival() {
        let rival = RivalClaim(line: 7, source: "a.csv")
        var making = SendGate(policy: ResumePolicy())
        making.beginBatch()
        let isAdmitted = making.admits(1, nil, rival)
        #expect(!isAdmitted)
        let isClaimedLater = making.postpones(1, nil, rival)
        #expect(!isClaimedLater)
        var removing = SendGate(policy: ResumePolicy(), mindsRivals: false)
        removing.beginBatch()
        let isRemoved = removing.admits(1, nil, rival)
        #expect(isRemoved)
    }

    @Test("the policy decides about rows of earlier runs", arguments: LinkState.allCases)
    func policy(state: LinkState) {
        var gate = SendGate(policy: ResumePolicy())
        gate.beginBatch()
        let sends = [LinkState.invalid, .failed, .unsettled, .intended].contains(state)
        #expect(gate.admits(1, .sample(state), nil) == sends)
    }
}
