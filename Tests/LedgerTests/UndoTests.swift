import Foundation
import Ledger
import LedgerTestKit
import SQLiteTestKit
import TestKit
import Testing

@testable import SQLiteLedger

@Suite("A ledger whose links are undone")
struct UndoTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func settle(_ number: Int, _ state: LinkState, _ evidence: Evidence?, in ledger: any Ledger) throws {
        let settlement = Settlement(
            state: state,
            evidence: evidence,
            linkedAccountID: [.linked, .alreadyLinked].contains(state) ? "la-\(number)" : nil,
            correlationID: "c-\(number)",
            attempts: 1,
            posts: 1
        )
        ledger.record(settlement, for: try ledger.ticket(candidate(number)))
    }

    /// Rows 1 and 2 linked by run-1, 3 linked by a read-back, 4 already-linked, 5 rejected, 6 unsettled by an import, and
    /// 7 linked by run-2.
    private func ledger() throws -> any Ledger {
        let ledger = try openRun(folder.ledger)
        try settle(1, .linked, .reply, in: ledger)
        try settle(2, .linked, .reply, in: ledger)
        try settle(3, .linked, .readBack, in: ledger)
        try settle(4, .alreadyLinked, nil, in: ledger)
        try settle(5, .rejected, nil, in: ledger)
        try settle(6, .unsettled, nil, in: ledger)
        try ledger.endRun(RunEnd(rows: nil, sha256: nil, exitCode: 1, stoppedBy: nil))
        try ledger.beginRun(RunStart(id: "run-2", source: "users.csv", inputName: "/data/users.csv"))
        try settle(7, .linked, .reply, in: ledger)
        try ledger.endRun(RunEnd(rows: nil, sha256: nil, exitCode: 0, stoppedBy: nil))
        return ledger
    }

    private let all = UndoChoice(environment: environment)

    @Test(
        "the choice meets linked rows of the environment with evidence reply, and says what it leaves out",
        arguments: [
            (UndoChoice(environment: environment), [2, 3, 8], 1),
            (UndoChoice(environment: environment.uppercased()), [2, 3, 8], 1),
            (UndoChoice(environment: environment, includesReadBack: true), [2, 3, 4, 8], 0),
            (UndoChoice(environment: environment, runID: "run-1"), [2, 3], 1),
            (UndoChoice(environment: environment, runID: "run-2"), [8], 0),
            (UndoChoice(environment: environment, runID: "run-1", includesReadBack: true), [2, 3, 4], 0),
            (UndoChoice(environment: environment, runID: "RUN-1"), [], 0),
            (UndoChoice(environment: provider), [], 0),
        ]
    )
    func choice(choice: UndoChoice, lines: [Int], leftOut: Int) throws {
        let ledger = try ledger()
        let extent = try ledger.undoExtent(choice)
        #expect(extent.links == lines.count)
        #expect(extent.leftOut == leftOut)
        // Row 6 is unsettled, of the first run.
        let isMeant = choice.environment.lowercased() == environment && [nil, "run-1"].contains(choice.runID)
        #expect(extent.inDoubt == (isMeant ? 1 : 0))
        try ledger.beginRun(RunStart(.undoing, id: "undo-1", source: "undo", inputName: "undo"))
        #expect(try ledger.beginUndoing(choice, after: nil, count: 100).map(\.line) == lines)
    }

    @Test("a run is known by its id, to the letter")
    func runs() throws {
        let ledger = try ledger()
        #expect(try ledger.hasRun("run-1"))
        #expect(try !ledger.hasRun("RUN-1"))
        #expect(try !ledger.hasRun(""))
    }

    @Test("links are handed out in pieces, each marked on disk before it is handed out")
    func marks() throws {
        let ledger = try ledger()
        try ledger.beginRun(RunStart(.undoing, id: "undo-1", source: "undo", inputName: "undo"))
        let first = try ledger.beginUndoing(all, after: nil, count: 2)
        #expect(first.map(\.linkedAccountID) == ["la-1", "la-2"])
        #expect(first.map(\.state) == [.linked, .linked], "as they were before")
        let image = try folder.crashImage()
        let marked = try results(image.ledger).filter { $0["error_code"] == "UNDO_UNSETTLED" }
        #expect(marked.map { $0["line"] } == ["2", "3"])
        #expect(
            marked.allSatisfy { $0["state"] == "unsettled" && $0["evidence"] == "reply" && $0["run_id"] == "run-1" }
        )

        let second = try ledger.beginUndoing(all, after: first.last?.ticket, count: 2)
        #expect(second.map(\.linkedAccountID) == ["la-7"])
        #expect(try ledger.beginUndoing(all, after: second.last?.ticket, count: 2).isEmpty)
    }

    @Test("ended, a row is undone or linked as before, and keeps its run and what was known of it")
    func ends() throws {
        let ledger = try ledger()
        let before = try results(folder.ledger)
        try ledger.beginRun(RunStart(.undoing, id: "undo-1", source: "undo", inputName: "undo"))
        let tickets = try ledger.beginUndoing(all, after: nil, count: 100).compactMap(\.ticket)
        ledger.endUndoing(tickets[0], as: .undone) { _ in }
        ledger.endUndoing(tickets[1], as: .kept) { _ in }
        try ledger.flush()
        var expected = before
        expected[0]["state"] = "undone"
        expected[6]["state"] = "unsettled"
        expected[6]["error_code"] = "UNDO_UNSETTLED"
        #expect(try results(folder.ledger) == expected)
    }

    @Test("links that a killed run has marked are handed out again, and say that they are in doubt")
    func resumes() throws {
        let killed = try ledger()
        try killed.beginRun(RunStart(.undoing, id: "undo-1", source: "undo", inputName: "undo"))
        _ = try killed.beginUndoing(all, after: nil, count: 1)
        let image = try folder.crashImage()
        let next = try SQLiteLedger.open(at: image.ledger, now: { moment })
        #expect(try next.undoExtent(all) == UndoExtent(links: 3, leftOut: 1, inDoubt: 1))
        try next.beginRun(RunStart(.undoing, id: "undo-2", source: "undo", inputName: "undo"))
        let rows = try next.beginUndoing(all, after: nil, count: 100)
        #expect(rows.map(\.line) == [2, 3, 8])
        #expect(rows.map(\.state) == [.unsettled, .linked, .linked])
    }

    @Test("an import that takes a marked row up leaves the mark until the removal is certain")
    func admitted() throws {
        let ledger = try ledger()
        try ledger.beginRun(RunStart(.undoing, id: "undo-1", source: "undo", inputName: "undo"))
        _ = try ledger.beginUndoing(all, after: nil, count: 2)
        try ledger.endRun(RunEnd(rows: nil, sha256: nil, exitCode: 1, stoppedBy: nil))
        let before = try results(folder.ledger)

        try ledger.beginRun(RunStart(id: "run-3", source: "users.csv", inputName: "/data/users.csv"))
        let admissions = try ledger.admitUnfinished([candidate(1, line: 20), candidate(2, line: 21), candidate(6)])
        #expect(admissions.map { $0.known?.doubt } == [.undoing, .undoing, .linking])
        #expect(admissions.map { $0.known?.linkedAccountID } == ["la-1", "la-2", nil])
        let again = try ledger.admitUnfinished([candidate(1)])[0]
        #expect(again.ticket == nil, "it is on its way in this run already")
        #expect(
            try results(folder.ledger).count { $0["error_code"] == "UNDO_UNSETTLED" && $0["state"] == "unsettled" } == 2
        )

        // The first is still there: it belongs to the run that made it, as before.
        let tickets = admissions.compactMap(\.ticket)
        ledger.withdraw(tickets[0], restoring: admissions[0].known)
        ledger.endUndoing(tickets[0], as: .kept) { _ in }
        // The second is gone and about to be linked again.
        try ledger.forgetUndoing(tickets[1])
        let after = try results(folder.ledger)
        var expected = before[0]
        expected["state"] = "linked"
        expected["error_code"] = nil
        #expect(after.first { $0["linked_account_id"] == "la-1" } == expected)
        let intended = try #require(after.first { $0["linked_account_id"] == "la-2" })
        #expect(intended["state"] == "intended")
        #expect(intended["error_code"] == nil)
        #expect(intended["run_id"] == "run-3")
        #expect(try ledger.lookUp([candidate(2)])[0]?.doubt == .linking)
    }
}
