import Foundation
import Ledger
import LedgerTestKit
import SQLiteTestKit
import TestKit
import Testing

@testable import SQLiteLedger

@Suite("The record of a verification")
struct VerificationRecordTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func record() throws -> VerificationRecord? {
        try SQLiteLedgerReader(path: folder.ledger).verification()
    }

    @Test("is there from its beginning, counts what was looked at, and knows that a run has begun since")
    func verification() async throws {
        let ledger = try openRun(folder.ledger)
        #expect(try record() == nil)
        var tickets: [Ticket] = []
        for number in 1...3 {
            let ticket = try ledger.ticket(candidate(number))
            try await ledger.settle(ticket, as: Settlement(state: .linked, evidence: .reply))
            tickets.append(ticket)
        }
        try ledger.endRun(RunEnd(rows: 3, sha256: nil, exitCode: 0, stoppedBy: nil))

        _ = try ledger.beginVerification(environment: environment, isAnew: false)
        #expect(try record() == VerificationRecord(startedAt: moment, endedAt: nil, counts: [:]))
        for (ticket, result) in zip(tickets, [CheckResult.match, .match, .missing]) {
            ledger.record(UserCheck(findings: [.init(ticket: ticket, result: result)], extras: [])) { _ in }
        }
        try ledger.endVerification()
        var expected = VerificationRecord(startedAt: moment, endedAt: moment, counts: [.match: 2, .missing: 1])
        #expect(try record() == expected)

        try ledger.beginRun(RunStart(id: "run-2", source: "users.csv", inputName: "/data/users.csv"))
        try ledger.finish()
        expected.laterRuns = 1
        #expect(try record() == expected)
    }
}
