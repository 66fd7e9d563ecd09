import Ledger
import LedgerTestKit
import SQLiteTestKit
import TestKit
import Testing

@testable import SQLiteLedger

@Suite("Ledger: rows that are not fit to send")
struct LedgerInvalidRowTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("are in the view with their line, rule and text, beside a valid row with the same key")
    func recorded() throws {
        let ledger = try openRun(folder.ledger)
        _ = try ledger.ticket(candidate(1, line: 2))
        try ledger.recordInvalid([
            InvalidRow(
                line: 3,
                content: 9,
                errorCode: "attribute-conflict",
                errorDetail: "line 2 has other attributes",
                environment: environment,
                userID: key(1).userID,
                identityProviderID: provider,
                externalID: key(1).externalID
            ),
            InvalidRow(line: 4, content: 10, errorCode: "user-id", errorDetail: "userID is no UUID"),
        ])
        let shown = try results(folder.ledger)
        #expect(shown.map { $0["state"] } == ["intended", "invalid", "invalid"])
        #expect(
            shown[1] == [
                "key": "invalid/1/3", "line": "3", "source": "users.csv", "user_id": key(1).userID,
                "external_id": "account 1", "identity_provider_id": provider, "state": "invalid",
                "error_code": "attribute-conflict", "error_detail": "line 2 has other attributes", "attempts": "0",
                "posts": "0", "run_id": "run-1", "updated_at": "2026-03-01T04:05:06.789Z",
            ]
        )
        #expect(Set(shown.map { $0["key"] }).count == 3)
    }

    @Test("several may have the same content")
    func sameContent() throws {
        let ledger = try openRun(folder.ledger)
        try ledger.recordInvalid([invalid(line: 2, content: 9), invalid(line: 3, content: 9)])
        try ledger.recordInvalid([invalid(line: 4, content: 9)])
        #expect(try results(folder.ledger).map { $0["line"] } == ["2", "3", "4"])
    }

    @Test("are forgotten when a later run reads the same input, with its first admission")
    func forgottenOnAdmission() throws {
        try recordInRun1()
        let ledger = try openRun(folder.ledger, id: "run-2")
        #expect(try results(folder.ledger).count == 2)
        _ = try ledger.admit([candidate(1)]) { _, _ in false }
        #expect(try results(folder.ledger) == [])
    }

    @Test("are forgotten when a later run reads the same input, with its first invalid row")
    func forgottenOnRecording() throws {
        try recordInRun1()
        let ledger = try openRun(folder.ledger, id: "run-2")
        try ledger.recordInvalid([invalid(line: 8, content: 100)])
        try ledger.recordInvalid([invalid(line: 9, content: 101)])
        #expect(try results(folder.ledger).map { $0["line"] } == ["8", "9"])
    }

    @Test("are forgotten when a later run finds the same input empty")
    func forgottenByEmptyInput() throws {
        try recordInRun1()
        let ledger = try openRun(folder.ledger, id: "run-2")
        try ledger.beginReading()
        #expect(try results(folder.ledger) == [])
    }

    @Test("stay when a later run does not come to read the input")
    func keptWithoutReading() throws {
        try recordInRun1()
        try openRun(folder.ledger, id: "run-2").finish(exitCode: 65)
        #expect(try results(folder.ledger).map { $0["line"] } == ["2", "3"])
    }

    @Test("stay when a run reads another input, but for those that are in it too: a renamed file")
    func renamed() throws {
        try recordInRun1()
        let ledger = try openRun(folder.ledger, id: "run-2", input: "/data/renamed.csv")
        try ledger.recordInvalid([invalid(line: 20, content: 11)])
        let shown = try results(folder.ledger)
        #expect(shown.map { $0["line"] } == ["2", "20"])
        #expect(shown.map { $0["key"] } == ["invalid/1/2", "invalid/2/20"])
    }

    private func invalid(line: Int, content: UInt64) -> InvalidRow {
        InvalidRow(line: line, content: content, errorCode: "rule", errorDetail: "text")
    }

    private func recordInRun1() throws {
        let ledger = try openRun(folder.ledger)
        try ledger.recordInvalid([invalid(line: 2, content: 10), invalid(line: 3, content: 11)])
        try ledger.finish(exitCode: 1)
    }
}
