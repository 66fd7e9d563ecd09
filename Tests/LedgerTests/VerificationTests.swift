import Foundation
import Ledger
import LedgerTestKit
import SQLiteTestKit
import TestKit
import Testing

@testable import SQLiteLedger

@Suite("A ledger whose links are verified")
struct VerificationTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Rows of users in this order, each linked to `account INDEX`; the first one on line 2.
    private func ledger(users: [Int], states: [LinkState] = []) throws -> any Ledger {
        let ledger = try openRun(folder.ledger)
        for (index, user) in users.enumerated() {
            var row = candidate(index + 1)
            row.key.userID = key(user).userID
            let state = index < states.count ? states[index] : .linked
            ledger.record(
                Settlement(state: state, linkedAccountID: "la-\(index + 1)", attempts: 1, posts: 1),
                for: try ledger.ticket(row)
            )
        }
        try ledger.endRun(RunEnd(rows: nil, sha256: nil, exitCode: 0, stoppedBy: nil))
        return ledger
    }

    private func begin(_ ledger: any Ledger, _ id: String = environment, isAnew: Bool = false) throws -> Verification {
        try ledger.beginVerification(environment: id, isAnew: isAnew)
    }

    private func note(_ row: ResultRow, _ result: CheckResult, in ledger: any Ledger, extras: [UserCheck.Extra] = [])
        throws
    {
        let found = result == .different ? "found" : nil
        let finding = UserCheck.RowResult(ticket: try #require(row.ticket), result: result, foundExternalID: found)
        ledger.record(UserCheck(findings: [finding], extras: extras)) { _ in }
        try ledger.flush()
    }

    private func verified(_ ledger: any Ledger) throws -> [VerifiedRow] {
        var rows: [VerifiedRow] = []
        try ledger.forEachVerifiedRow { rows.append($0) }
        return rows
    }

    @Test("linked and already-linked rows are handed out sorted by user, in pieces")
    func order() throws {
        let ledger = try ledger(
            users: [3, 1, 3, 2, 1, 4],
            states: [.linked, .linked, .alreadyLinked, .linked, .linked, .rejected]
        )
        #expect(try begin(ledger) == Verification(rows: 5, checked: 0, elsewhere: 0, severalAccounts: 2))
        #expect(try ledger.rowsToVerify(from: 0, count: 2).map(\.line) == [3, 6])
        #expect(try ledger.rowsToVerify(from: 2, count: 2).map(\.line) == [5, 2])
        #expect(try ledger.rowsToVerify(from: 4, count: 2).map(\.line) == [4])
        #expect(try ledger.rowsToVerify(from: 5, count: 2).isEmpty)
    }

    @Test("a user is one whatever the case of the id")
    func letterCase() throws {
        let ledger = try openRun(folder.ledger)
        let id = "abcdef00-0000-4000-8000-00000000000"
        for (number, user) in [id + "b", id.uppercased() + "A", id + "a", id.uppercased() + "B"].enumerated() {
            var row = candidate(number + 1)
            row.key.userID = user
            ledger.record(Settlement(state: .linked, linkedAccountID: "la"), for: try ledger.ticket(row))
        }
        _ = try begin(ledger)
        #expect(try ledger.rowsToVerify(from: 0, count: 9).map(\.line) == [3, 4, 2, 5])
    }

    @Test("what was found comes back in the order of the rows, extra links behind a row of their user")
    func results() throws {
        let ledger = try ledger(users: [4, 3, 2, 1])
        _ = try begin(ledger)
        let rows = try ledger.rowsToVerify(from: 0, count: 9)
        let extra = UserCheck.Extra(identityProviderID: "P", externalID: "e", linkedAccountID: "x")
        try note(rows[0], .match, in: ledger)
        try note(rows[1], .different, in: ledger)
        try note(rows[2], .missing, in: ledger, extras: [extra])
        let found = try verified(ledger)
        #expect(found.map(\.line) == [2, 3, nil, 4, 5])
        #expect(found.map(\.result) == [.unknown, .missing, .extra, .different, .match])
        #expect(found.map(\.foundExternalID) == [nil, nil, "e", "found", nil])
        #expect(
            found[2]
                == VerifiedRow(
                    line: nil,
                    userID: key(3).userID,
                    identityProviderID: "P",
                    externalID: nil,
                    linkedAccountID: "x",
                    result: .extra,
                    foundExternalID: "e"
                )
        )
        #expect(
            found[3]
                == VerifiedRow(
                    line: 4,
                    userID: key(2).userID,
                    identityProviderID: provider,
                    externalID: "account 3",
                    linkedAccountID: "la-3",
                    result: .different,
                    foundExternalID: "found"
                )
        )
        #expect(
            try ledger.verificationCounts().filter { $0.value > 0 }
                == [.match: 1, .missing: 1, .different: 1, .extra: 1]
        )
    }

    @Test("an interrupted one goes on with the rows that are left, also from a killed process")
    func resumes() throws {
        let ledger = try ledger(users: [1, 2, 3])
        _ = try begin(ledger)
        try note(try ledger.rowsToVerify(from: 0, count: 1)[0], .match, in: ledger)
        let image = try folder.crashImage()
        let next = try SQLiteLedger.open(at: image.ledger, now: { moment })
        #expect(try begin(next) == Verification(rows: 3, checked: 1, elsewhere: 0))
        #expect(try next.rowsToVerify(from: 0, count: 9).map(\.line) == [3, 4])
        #expect(try next.verificationCounts()[.match] == 1)
    }

    @Test("a complete one, a run, another environment or the wish for it make it begin anew")
    func anew() throws {
        let ledger = try ledger(users: [1, 2, 3])
        func look() throws {
            _ = try begin(ledger)
            try note(try ledger.rowsToVerify(from: 0, count: 1)[0], .match, in: ledger)
            #expect(try begin(ledger).checked > 0)
        }
        try look()
        #expect(try begin(ledger, isAnew: true).checked == 0)
        try look()
        try ledger.endVerification()
        #expect(try begin(ledger).checked == 0)
        try look()
        try ledger.beginRun(RunStart(id: "run-2", source: "users.csv", inputName: "/data/users.csv"))
        try ledger.endRun(RunEnd(rows: nil, sha256: nil, exitCode: 0, stoppedBy: nil))
        #expect(try begin(ledger).checked == 0)
        try look()
        #expect(try begin(ledger, provider) == Verification(rows: 0, checked: 0, elsewhere: 3))
        #expect(try ledger.rowsToVerify(from: 0, count: 9).isEmpty)
        #expect(try verified(ledger).isEmpty)
        #expect(try begin(ledger).checked == 0)
    }

    @Test("what the reader of the results throws ends the reading")
    func readerThrows() throws {
        struct Full: Error {}
        let ledger = try ledger(users: [1])
        _ = try begin(ledger)
        #expect(throws: Full.self) { try ledger.forEachVerifiedRow { _ in throw Full() } }
        #expect(try verified(ledger).count == 1)
    }

    @Test("a result keeps its number in the file", arguments: CheckResult.allCases)
    func codes(result: CheckResult) {
        if let code = result.code { #expect(CheckResult(code: code) == result) }
        #expect([CheckResult.match: 1, .missing: 2, .different: 3][result] == result.code)
    }
}
