import Ledger
import LedgerTestKit
import SQLiteTestKit
import TestKit
import Testing

@testable import SQLiteLedger

@Suite("Users whom a run links to another account than earlier runs")
struct OtherAccountsTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// The user of `candidate(number)` with another account.
    private func corrected(_ number: Int, line: Int) -> Candidate {
        var candidate = candidate(number, line: line)
        candidate.key.externalID = "corrected \(number)"
        candidate.key.userID = candidate.key.userID.uppercased()
        return candidate
    }

    private func link(_ candidates: [Candidate], _ ledger: any Ledger, as state: LinkState = .linked) async throws {
        for candidate in candidates {
            try await ledger.settle(try ledger.ticket(candidate), as: Settlement(state: state))
        }
    }

    @Test("are none in the first run, whatever it links")
    func first() async throws {
        let ledger = try openRun(folder.ledger)
        try await link([candidate(1), corrected(1, line: 5)], ledger)
        #expect(try ledger.otherAccounts() == (0, 0))
        try ledger.finish()
    }

    @Test("are found whichever run has more links", arguments: [(3, 9), (9, 3)])
    func found(before: Int, new: Int) async throws {
        let ledger = try openRun(folder.ledger)
        try await link((1...before).map { candidate($0) }, ledger)
        try ledger.endRun(RunEnd(rows: before, sha256: nil, exitCode: 0, stoppedBy: nil))
        try ledger.beginRun(RunStart(id: "run-2", source: "users.csv", inputName: "/data/users.csv"))
        try await link([corrected(3, line: 9), corrected(2, line: 7)], ledger)
        try await link((1...new).map { candidate(100 + $0, line: 100 + $0) }, ledger)
        #expect(try ledger.otherAccounts() == (2, 7))
        try ledger.finish()
    }

    @Test("are not those whose earlier row is not linked, or whose new one is not, or at another provider")
    func others() async throws {
        let ledger = try openRun(folder.ledger)
        try await link([candidate(1), candidate(3)], ledger)
        try await link([candidate(2)], ledger, as: .rejected)
        try ledger.endRun(RunEnd(rows: 3, sha256: nil, exitCode: 0, stoppedBy: nil))
        try ledger.beginRun(RunStart(id: "run-2", source: "users.csv", inputName: "/data/users.csv"))
        try await link([corrected(1, line: 5)], ledger, as: .rejected)
        var elsewhere = corrected(3, line: 6)
        elsewhere.key.identityProviderID = "11111111-1111-4111-8111-111111111111"
        try await link([corrected(2, line: 4), elsewhere], ledger)
        #expect(try ledger.otherAccounts() == (0, 0))
        try ledger.finish()
    }

    @Test("a verification counts users with several accounts at one provider")
    func verified() async throws {
        let ledger = try openRun(folder.ledger)
        try await link([candidate(1), candidate(2), corrected(2, line: 7)], ledger)
        try ledger.endRun(RunEnd(rows: 3, sha256: nil, exitCode: 0, stoppedBy: nil))
        #expect(try ledger.beginVerification(environment: environment, isAnew: true).severalAccounts == 1)
        try ledger.close()
    }

    @Test("warnings of a run are kept, with the names of the header")
    func warnings() throws {
        let ledger = try openRun(folder.ledger)
        let warnings = [
            RunWarning(kind: "reserved-attributes", count: 2, firstLine: 1, names: ["id", "enabled"]),
            RunWarning(kind: "grown-input", count: 1, firstLine: nil),
        ]
        try ledger.endRun(RunEnd(rows: 0, sha256: nil, exitCode: 0, stoppedBy: nil, warnings: warnings))
        try ledger.close()
        #expect(try SQLiteLedgerReader(path: folder.ledger).warnings(ofRun: "run-1") == warnings)
        #expect(try SQLiteLedgerReader(path: folder.ledger).warnings(ofRun: "run-2") == [])
    }
}
