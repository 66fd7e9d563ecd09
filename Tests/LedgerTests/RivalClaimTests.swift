import Ledger
import LedgerTestKit
import SQLiteTestKit
import TestKit
import Testing

@testable import SQLiteLedger

@Suite("An account that another user's row has claimed in this ledger")
struct RivalClaimTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// The same account as that of `candidate(1)`, for another user.
    private var rival: Candidate {
        var rival = candidate(2, line: 9)
        rival.key.externalID = key(1).externalID
        return rival
    }

    private func claim(_ settlement: Settlement?) async throws -> RivalClaim? {
        let ledger = try openRun(folder.ledger)
        if let settlement { try await ledger.settle(try ledger.ticket(candidate(1)), as: settlement) }
        try ledger.endRun(RunEnd(rows: 1, sha256: nil, exitCode: 0, stoppedBy: nil))
        try ledger.beginRun(RunStart(id: "run-2", source: "others.csv", inputName: "/data/others.csv"))
        let admission = try ledger.admit([rival]) { $1.rival == nil }[0]
        #expect((admission.ticket == nil) == (admission.rival != nil))
        #expect(try ledger.rivals(of: [rival]) == [admission.rival])
        #expect(try SQLiteLedgerReader(path: folder.ledger).rivals(of: [rival]) == [admission.rival])
        try ledger.finish()
        return admission.rival
    }

    @Test(
        "is claimed by what is linked, or may be",
        arguments: [
            Settlement(state: .linked, evidence: .reply), Settlement(state: .alreadyLinked),
            Settlement(state: .unsettled, doubt: .linking), Settlement(state: .failed, doubt: .linking),
        ]
    )
    func claimed(settlement: Settlement) async throws {
        #expect(try await claim(settlement) == RivalClaim(line: 2, source: "users.csv"))
    }

    @Test(
        "is free after what is certainly not linked",
        arguments: [nil, Settlement(state: .rejected), Settlement(state: .failed), Settlement(state: .undone)]
    )
    func free(settlement: Settlement?) async throws {
        #expect(try await claim(settlement) == nil)
    }

    @Test("is free when the last verification has missed the link, until a run has touched it")
    func missing() async throws {
        var ledger = try openRun(folder.ledger)
        let ticket = try ledger.ticket(candidate(1))
        try await ledger.settle(ticket, as: Settlement(state: .linked, evidence: .reply))
        try ledger.endRun(RunEnd(rows: 1, sha256: nil, exitCode: 0, stoppedBy: nil))
        _ = try ledger.beginVerification(environment: environment, isAnew: true)
        ledger.record(UserCheck(findings: [.init(ticket: ticket, result: .missing)], extras: [])) { _ in }
        try ledger.flush()
        #expect(try ledger.rivals(of: [rival]) == [nil])
        #expect(try ledger.missingLinks() == [ticket])
        try ledger.close()
        ledger = try openRun(folder.ledger, id: "run-2")
        try await ledger.settle(try ledger.ticket(candidate(1)), as: Settlement(state: .linked, evidence: .reply))
        #expect(try ledger.missingLinks() == [])
        #expect(try ledger.rivals(of: [rival]) == [RivalClaim(line: 2, source: "users.csv")])
        try ledger.finish()
    }

    @Test("is another one at another provider, in another environment, and in another spelling")
    func others() async throws {
        let ledger = try openRun(folder.ledger)
        try await ledger.settle(try ledger.ticket(candidate(1)), as: Settlement(state: .linked, evidence: .reply))
        var elsewhere = [rival, rival, rival]
        elsewhere[0].key.identityProviderID = "11111111-1111-4111-8111-111111111111"
        elsewhere[1].key.environment = "11111111-1111-4111-8111-111111111111"
        elsewhere[2].key.externalID = "ACCOUNT 1"
        #expect(try ledger.admit(elsewhere) { _, _ in false }.map(\.rival) == [nil, nil, nil])
        try ledger.finish()
    }

    @Test("is found with any hash: all keys share one")
    func oneHash() async throws {
        let ledger = try SQLiteLedger.open(at: folder.ledger, now: { moment }, salt: 1, hash: { _ in 7 })
        try ledger.beginRun(RunStart(id: "run-1", source: "users.csv", inputName: "/data/users.csv"))
        try await ledger.settle(try ledger.ticket(candidate(1)), as: Settlement(state: .linked, evidence: .reply))
        let admissions = try ledger.admit([candidate(3), rival]) { _, _ in false }
        #expect(admissions.map(\.rival) == [nil, RivalClaim(line: 2, source: "users.csv")])
        try ledger.finish()
    }

    @Test("stands beside the others of its account in the index, in whatever spelling the ids are")
    func hashes() {
        var upper = key(1)
        upper.userID = upper.userID.uppercased()
        upper.identityProviderID = upper.identityProviderID.uppercased()
        #expect(LinkKey.storedHash(upper) == LinkKey.storedHash(key(1)))
        let range = LinkKey.accountHashes(around: LinkKey.storedHash(key(1)))
        #expect(range.contains(LinkKey.storedHash(rival.key)))
        #expect(!range.contains(LinkKey.storedHash(key(2))))
        #expect(LinkKey.storedHash(rival.key) != LinkKey.storedHash(key(1)))
    }
}
