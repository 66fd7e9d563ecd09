import PingOneAPI
import SeededRandom
import TestKit
import Testing

@testable import Ledger
@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("A user's rows beside the user's links")
struct UserCheckTests {
    private static let provider = SampleIDs.provider
    private static let other = SampleIDs.user(99)

    private func rows(_ links: [(provider: String, externalID: String)]) -> [ResultRow] {
        links.enumerated().map { index, link in
            ResultRow(
                key: "key",
                line: index + 2,
                source: "in.csv",
                userID: SampleIDs.user(1),
                externalID: link.externalID,
                identityProviderID: link.provider,
                state: .linked,
                attempts: 1,
                posts: 1,
                runID: "run-1",
                updatedAt: "",
                ticket: Ticket(row: Int64(index))
            )
        }
    }

    private func accounts(_ links: [(provider: String, externalID: String)]) -> [LinkedAccount] {
        links.map {
            LinkedAccount(id: "id-\($0.externalID)", identityProviderID: $0.provider, externalID: $0.externalID)
        }
    }

    /// One word a row, then the extra links.
    private func check(
        _ rows: [(provider: String, externalID: String)],
        _ accounts: [(provider: String, externalID: String)]
    ) -> [String] {
        let check = UserCheck(rows: self.rows(rows), accounts: self.accounts(accounts))
        return check.findings.map {
            [$0.result.rawValue, $0.foundExternalID].compactMap(\.self).joined(separator: " ")
        }
            + check.extras.map { "extra \($0.externalID) \($0.linkedAccountID)" }
    }

    @Test("a link that is there is a match, whatever the case of the provider's id")
    func match() {
        #expect(check([(Self.provider, "a")], [(Self.provider.uppercased(), "a")]) == ["match"])
    }

    @Test("external ids are compared to the letter")
    func letters() {
        #expect(check([(Self.provider, "cafe\u{301}")], [(Self.provider, "café")]) == ["different café"])
        #expect(check([(Self.provider, "00123")], [(Self.provider, "123")]) == ["different 123"])
    }

    @Test("without any link, or with one to another provider only, it is missing")
    func missing() {
        #expect(check([(Self.provider, "a")], []) == ["missing"])
        #expect(check([(Self.provider, "a")], [(Self.other, "a")]) == ["missing"])
    }

    @Test("another account at the provider instead is different; one beside it is extra")
    func different() {
        #expect(check([(Self.provider, "a")], [(Self.provider, "b")]) == ["different b"])
        #expect(
            check([(Self.provider, "a")], [(Self.provider, "a"), (Self.provider, "b")]) == ["match", "extra b id-b"]
        )
    }

    @Test("a link that another row of the user accounts for is no stranger")
    func severalRows() {
        #expect(check([(Self.provider, "a"), (Self.provider, "b")], [(Self.provider, "b")]) == ["missing", "match"])
        #expect(
            check(
                [(Self.provider, "a"), (Self.provider, "b"), (Self.other, "c")],
                [(Self.provider, "x"), (Self.provider, "y"), (Self.provider, "z")]
            ) == ["different x", "different y", "missing", "extra z id-z"]
        )
    }

    @Test(
        "every row has one finding, and every link at its providers is accounted for",
        arguments: 0..<200 as Range<UInt64>
    )
    func everythingIsAccountedFor(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let all = [Self.provider, Self.other].flatMap { provider in ["a", "b", "c", "d"].map { (provider, $0) } }
        let rows = all.filter { _ in Bool.random(using: &random) }
        let accounts = all.filter { _ in Bool.random(using: &random) }
        guard !rows.isEmpty else { return }
        let check = UserCheck(rows: self.rows(rows), accounts: self.accounts(accounts))
        #expect(check.findings.map(\.ticket.row) == rows.indices.map(Int64.init))
        let explained = check.findings.count { $0.result != .missing } + check.extras.count
        #expect(explained == accounts.count { account in rows.contains { $0.0 == account.0 } })
        for (row, finding) in zip(rows, check.findings) {
            #expect((finding.result == .match) == accounts.contains { $0 == row })
            #expect((finding.result == .different) == (finding.foundExternalID != nil))
        }
    }
}
