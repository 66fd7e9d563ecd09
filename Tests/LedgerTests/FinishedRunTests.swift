import Foundation
import GRDB
import Ledger
import LedgerTestKit
import SQLiteTestKit
import TestKit
import Testing

@testable import SQLiteLedger

@Suite("A run that has left nothing to do")
struct FinishedRunTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Above what a signed number holds, as half of all fingerprints are.
    private static let fingerprint: UInt64 = .max - 5
    private static let sha256 = String(repeating: "a1", count: 32)
    private static let finished = FinishedRun(runID: "run-1", rows: 2, sourceSHA256: sha256)

    private func end(_ ledger: any Ledger, fingerprint: UInt64? = Self.fingerprint) throws {
        try ledger.endRun(RunEnd(rows: 2, sha256: Self.sha256, exitCode: 0, stoppedBy: nil, fingerprint: fingerprint))
    }

    /// A ledger with one link that was made and one that was there.
    private func makeLedger() async throws -> any Ledger {
        let ledger = try openRun(folder.ledger)
        try await ledger.settle(try ledger.ticket(candidate(1)), as: Settlement(state: .linked))
        try await ledger.settle(try ledger.ticket(candidate(2)), as: Settlement(state: .alreadyLinked))
        try end(ledger)
        return ledger
    }

    @Test("is known by its fingerprint, also to the next process")
    func found() async throws {
        let ledger = try await makeLedger()
        #expect(try ledger.finishedRun(fingerprint: Self.fingerprint) == Self.finished)
        #expect(try ledger.finishedRun(fingerprint: Self.fingerprint - 1) == nil)
        try ledger.close()
        let next = try SQLiteLedger.open(at: folder.ledger, now: { moment })
        #expect(try next.finishedRun(fingerprint: Self.fingerprint) == Self.finished)
        try next.close()
    }

    @Test("is forgotten with the next run, which may be one without an end, and counts again when that one is the last")
    func later() async throws {
        let ledger = try await makeLedger()
        try ledger.beginRun(RunStart(id: "run-2", source: "users.csv", inputName: "/data/users.csv"))
        #expect(try ledger.finishedRun(fingerprint: Self.fingerprint) == nil)
        try end(ledger, fingerprint: nil)
        #expect(try ledger.finishedRun(fingerprint: Self.fingerprint) == nil)
        try ledger.beginRun(RunStart(id: "run-3", source: "users.csv", inputName: "/data/users.csv"))
        try end(ledger)
        #expect(try ledger.finishedRun(fingerprint: Self.fingerprint)?.runID == "run-3")
        try ledger.close()
    }

    @Test("is none while a link is not there", arguments: LinkState.allCases)
    func openLinks(state: LinkState) async throws {
        let ledger = try await makeLedger()
        try ledger.close()
        try execute(folder.ledger, "UPDATE links SET state = \(state.code) WHERE line = 2")
        let next = try SQLiteLedger.open(at: folder.ledger, now: { moment })
        let isThere = [.linked, .alreadyLinked].contains(state)
        #expect(try next.finishedRun(fingerprint: Self.fingerprint) == (isThere ? Self.finished : nil))
        try next.close()
    }

    @Test(
        "is none where the record of the run lacks something",
        arguments: ["exit_code = 1", "exit_code = NULL", "stopped_by = 'limit'", "rows = NULL", "source_sha256 = NULL"]
    )
    func record(change: String) async throws {
        let ledger = try await makeLedger()
        try ledger.close()
        try execute(folder.ledger, "UPDATE run_records SET \(change)")
        let next = try SQLiteLedger.open(at: folder.ledger, now: { moment })
        #expect(try next.finishedRun(fingerprint: Self.fingerprint) == nil)
        try next.close()
    }

    @Test("is none in a ledger without runs, and in one of an earlier version until a run has ended")
    func earlierVersion() throws {
        let connection = try DatabaseQueue(path: folder.ledger)
        try connection.writeWithoutTransaction { database in
            try LedgerSchema.migrate(database, from: 0, to: 4, salt: 5)
            try database.execute(
                sql: """
                    INSERT INTO inputs VALUES (1, '/data/users.csv');
                    INSERT INTO run_records
                        VALUES (1, 'run-1', 1772337906789, 1772337907789, 'users.csv', 1, '\(Self.sha256)', 0, 0, NULL);
                    """
            )
        }
        try connection.close()
        let ledger = try SQLiteLedger.open(at: folder.ledger, now: { moment })
        #expect(try ledger.finishedRun(fingerprint: Self.fingerprint) == nil)
        #expect(try ledger.finishedRun(fingerprint: 0) == nil)
        try ledger.beginRun(RunStart(id: "run-2", source: "users.csv", inputName: "/data/users.csv"))
        try end(ledger)
        #expect(try ledger.finishedRun(fingerprint: Self.fingerprint)?.runID == "run-2")
        try ledger.close()

        let empty = try SQLiteLedger.open(at: folder.path("empty.ledger"), now: { moment })
        #expect(try empty.finishedRun(fingerprint: 0) == nil)
        try empty.close()
    }

    @Test("is found without reading the links that are there")
    func plan() throws {
        try openRun(folder.ledger).finish()
        let query = SQLiteLedger.finishedRunQuery.replacing("?", with: "1")
        let plan = try rows(folder.ledger, "EXPLAIN QUERY PLAN \(query)").compactMap { $0["detail"] }
        #expect(plan.contains("SEARCH links USING COVERING INDEX links_not_linked (state=?)"))
        #expect(plan.contains("SEARCH run_records USING INTEGER PRIMARY KEY (rowid=?)"))
        #expect(!plan.contains { $0.hasPrefix("SCAN") && !$0.contains("CONSTANT ROW") })
    }
}
