import Foundation
import Ledger
import LedgerTestKit
import SQLiteLedger
import SQLiteTestKit
import TestKit
import Testing

@testable import Reporting

@Suite("What a report knows of a ledger")
struct LedgerReportTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private var path: String { folder.path("users.csv.ledger") }

    private func report() throws -> LedgerReport {
        try LedgerReport(ledger: SQLiteFile(path), now: moment)
    }

    @Test("an empty ledger")
    func empty() throws {
        try SQLiteLedger.open(at: path, now: { moment }).close()
        #expect(try report() == LedgerReport(name: "users.csv.ledger", madeAt: moment))
    }

    @Test("what a ledger has: states, runs with their pace, latencies, causes, the verification")
    func whole() throws {
        let ledger = try openRun(path)
        for number in 1...4 {
            let linked = Settlement(
                state: .linked,
                evidence: .reply,
                linkedAccountID: "la-\(number)",
                httpStatus: 201,
                latency: .milliseconds(10 * number)
            )
            try ledger.settle(candidate(number), as: linked)
        }
        try ledger.settle(candidate(5), as: Settlement(state: .rejected, httpStatus: 404, errorCode: "NOT_FOUND"))
        try ledger.recordInvalid([InvalidRow(line: 9, content: 1, errorCode: "EMPTY_EXTERNAL_ID", errorDetail: "x")])
        let pace = PaceSample(at: moment, rate: 12, requests: 7, throttled: 2)
        ledger.note(pace)
        try ledger.endRun(RunEnd(rows: 6, sha256: nil, exitCode: 1, stoppedBy: nil))
        _ = try ledger.beginVerification(environment: environment, isAnew: true)
        try ledger.endVerification()
        try ledger.close()

        let report = try report()
        #expect(report.counts == [.linked: 4, .rejected: 1, .invalid: 1])
        #expect(report.rows == 6)
        #expect(report.count(.rejected, .invalid) == 2)
        #expect(report.runs.map(\.state) == [.ended])
        #expect(report.runs.map(\.record.exitCode) == [1])
        #expect(report.runs[0].activity.settled == [5])
        #expect(report.runs[0].activity.pace == [pace])
        #expect(report.latency == LatencyDistribution([10: 1, 20: 1, 30: 1, 40: 1]))
        #expect(report.causes.sorted.map(\.cause.code).sorted() == ["EMPTY_EXTERNAL_ID", "HTTP 404 NOT_FOUND"])
        #expect(report.verification == VerificationRecord(startedAt: moment, endedAt: moment, counts: [:]))
        #expect(!report.isGoingOn)
    }

    @Test("what a run has in flight is no problem; when it was killed it is")
    func inFlight() throws {
        var ledger: (any Ledger)? = try openRun(path)
        _ = try ledger?.admit([candidate(1)]) { _, _ in true }
        let live = try report()
        #expect(live.isGoingOn)
        #expect(live.counts == [.intended: 1])
        #expect(live.causes.sorted == [])
        ledger = nil
        let dead = try report()
        #expect(dead.runs.map(\.state) == [.killed])
        #expect(dead.causes.sorted.map(\.cause.state) == [.intended])
    }

    @Test("a file that is no ledger, or is not there, is an error of the ledger")
    func noLedger() throws {
        #expect(throws: LedgerError.self) { try report() }
        try folder.write("users.csv.ledger", "hello")
        #expect(throws: LedgerError.self) { try report() }
    }
}
