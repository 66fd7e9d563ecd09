import Foundation
import GRDB
import Ledger
import LedgerTestKit
import SQLiteTestKit
import TestKit
import Testing

@testable import SQLiteLedger

@Suite("Links that are found by the name of their user")
struct LinkAliasTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func named(_ number: Int, alias: UInt64) -> Candidate {
        var named = candidate(number)
        named.userAlias = alias
        return named
    }

    private func alias(_ number: Int, _ alias: UInt64) -> LinkAlias {
        LinkAlias(
            environment: environment.uppercased(),
            userAlias: alias,
            identityProviderID: provider.uppercased(),
            externalID: key(number).externalID
        )
    }

    @Test("alias, external id, identity provider and environment decide together")
    func find() async throws {
        let ledger = try openRun(folder.ledger)
        try await ledger.settle(try ledger.ticket(named(1, alias: .max)), as: Settlement(state: .linked))
        try await ledger.settle(try ledger.ticket(candidate(2)), as: Settlement(state: .linked))

        var elsewhere = alias(1, .max)
        elsewhere.identityProviderID = environment
        var foreign = alias(1, .max)
        foreign.environment = provider
        let aliases = [alias(1, .max), alias(2, .max), alias(1, 7), elsewhere, foreign]
        #expect(try ledger.lookUp(aliases).map { $0?.state } == [.linked, nil, nil, nil, nil])
        try ledger.finish()
        let reader = try SQLiteLedgerReader(path: folder.ledger)
        #expect(try reader.lookUp(aliases).map { $0?.state } == [.linked, nil, nil, nil, nil])
    }

    @Test("a link that is known without an alias, or by another one, gets it when it is met by that name")
    func kept() async throws {
        let ledger = try openRun(folder.ledger)
        for number in [1, 2] {
            try await ledger.settle(try ledger.ticket(candidate(number)), as: Settlement(state: .linked))
        }
        let finished = try ledger.admit([named(1, alias: 5), named(2, alias: 6)]) { _, _ in false }
        #expect(finished.allSatisfy { $0.ticket == nil && $0.known?.state == .linked })
        #expect(try ledger.lookUp([alias(1, 5), alias(2, 6)]).allSatisfy { $0?.state == .linked })
        _ = try ledger.admit([named(1, alias: 8)]) { _, _ in false }
        #expect(try ledger.lookUp([alias(1, 5), alias(1, 8)]).map { $0?.state } == [nil, .linked])
        _ = try ledger.admit([candidate(1)]) { _, _ in false }
        #expect(try ledger.lookUp([alias(1, 8)])[0]?.state == .linked, "a row with the id takes nothing away")
    }

    @Test("an intent that is renewed has the new alias, also when it is taken back")
    func renewed() async throws {
        let ledger = try openRun(folder.ledger)
        try await ledger.settle(try ledger.ticket(candidate(1)), as: Settlement(state: .failed))
        let admission = try ledger.admit([named(1, alias: 5)]) { _, _ in true }[0]
        #expect(try ledger.lookUp([alias(1, 5)])[0]?.state == .intended)
        ledger.withdraw(try #require(admission.ticket), restoring: admission.known)
        #expect(try ledger.lookUp([alias(1, 5)])[0]?.state == .failed)
    }

    @Test("of two users who had one name, the one who was noted last")
    func moved() async throws {
        let ledger = try openRun(folder.ledger)
        var second = named(2, alias: 5)
        second.key.externalID = key(1).externalID
        try await ledger.settle(try ledger.ticket(named(1, alias: 5)), as: Settlement(state: .unsettled))
        try await ledger.settle(try ledger.ticket(second), as: Settlement(state: .linked))
        #expect(try ledger.lookUp([alias(1, 5)])[0]?.state == .linked)
    }

    @Test("a ledger of the first format is read without aliases, and has them as soon as it is written")
    func firstFormat() async throws {
        let ledger = try openRun(folder.ledger)
        try await ledger.settle(try ledger.ticket(candidate(1)), as: Settlement(state: .linked))
        try ledger.finish()
        try execute(
            folder.ledger,
            """
            DROP VIEW results; DROP VIEW link_results; DROP VIEW invalid_results; ALTER TABLE links DROP COLUMN error_fact;
            ALTER TABLE invalid_rows DROP COLUMN error_fact; ALTER TABLE invalid_rows DROP COLUMN error_column; DROP INDEX links_by_alias; ALTER TABLE links DROP COLUMN user_alias; DROP TABLE verifications;
            DROP TABLE checks; DROP TABLE run_warnings; DROP TABLE extra_links; DROP TABLE pace;
            ALTER TABLE run_records DROP COLUMN fingerprint; ALTER TABLE run_records DROP COLUMN kind;
            ALTER TABLE links DROP COLUMN doubt; ALTER TABLE links DROP COLUMN seen;
            ALTER TABLE run_records DROP COLUMN environment; ALTER TABLE run_records DROP COLUMN host;
            ALTER TABLE run_records DROP COLUMN part; ALTER TABLE run_records DROP COLUMN linked;
            ALTER TABLE run_records DROP COLUMN repeated; ALTER TABLE run_records DROP COLUMN unsent;
            CREATE VIEW results AS SELECT 1; CREATE VIEW link_results AS SELECT 1; CREATE VIEW invalid_results AS SELECT 1;
            PRAGMA user_version = 1
            """
        )
        #expect(try SQLiteLedgerReader(path: folder.ledger).lookUp([alias(1, 5)]).count == 1)
        #expect(try SQLiteLedgerReader(path: folder.ledger).lookUp([alias(1, 5)])[0] == nil)

        let next = try openRun(folder.ledger, id: "run-2")
        _ = try next.admit([named(1, alias: 5)]) { _, _ in false }
        #expect(try next.lookUp([alias(1, 5)])[0]?.state == .linked)
    }

    @Test("of two links that had the name the later run's counts, also when the clock was set back in between")
    func clockSetBack() async throws {
        try openRun(folder.ledger).finish()
        for (number, day) in [(1, 0.0), (2, -400)] {
            let ledger = try SQLiteLedger.open(at: folder.ledger, now: { moment.addingTimeInterval(day * 86_400) })
            try ledger.beginRun(RunStart(id: "named-\(number)", source: "users.csv", inputName: "/data/users.csv"))
            var named = named(number, alias: 5)
            named.key.externalID = "one account"
            let state: LinkState = number == 1 ? .linked : .failed
            try await ledger.settle(try ledger.ticket(named), as: Settlement(state: state))
            try ledger.finish()
        }
        let account = LinkAlias(
            environment: environment,
            userAlias: 5,
            identityProviderID: provider,
            externalID: "one account"
        )
        #expect(try SQLiteLedgerReader(path: folder.ledger).lookUp([account]).map { $0?.state } == [.failed])
    }
}
