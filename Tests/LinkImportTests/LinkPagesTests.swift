import HTTPTransport
import ImportTestKit
import Ledger
import Pacing
import PingOneAPI
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("Reading a user's links, page by page")
struct LinkPagesTests {
    private static let base = "https://api.pingone.com/v1/environments/x/users/y/linkedAccounts"

    @Test("all pages are read before a link counts as absent")
    func pages() throws {
        let bench = try ClientBench(
            ScriptedTransport([
                .reply(.links("a", next: "\(Self.base)?cursor=1")), .reply(.links("b", next: "\(Self.base)?cursor=2")),
                .reply(.links("leslie")),
            ])
        )
        guard case .settled(let settled) = bench.deliver(after: .linking) else { throw Unexpected() }
        #expect(settled.linkedAccountID == "link-of-leslie")
        #expect(bench.wire.requests.dropFirst().map(\.url) == ["\(Self.base)?cursor=1", "\(Self.base)?cursor=2"])
    }

    @Test(
        "a next page elsewhere is never asked for, so that the token stays here",
        arguments: [
            "https://evil.example/v1/next", "https://api.pingone.com.evil.example/v1/x",
            "https://api.pingone.com/v1@evil.example/", "http://api.pingone.com/v1/next", "/v1/next",
        ]
    )
    func elsewhere(next: String) throws {
        let bench = try ClientBench(ScriptedTransport([.reply(.links("a", next: next))]), attempts: 1)
        guard case .settled(let settled) = bench.deliver(after: .linking) else { throw Unexpected() }
        #expect(settled.state == .unsettled)
        #expect(settled.errorCode == "UNREADABLE_ANSWER")
        #expect(bench.wire.requests.allSatisfy { $0.url.hasPrefix("https://api.pingone.com/v1/environments/") })
    }

    @Test("pages that lead round in a circle are no answer")
    func circle() throws {
        let next = "\(Self.base)?cursor=1"
        let bench = try ClientBench(
            ScriptedTransport([.reply(.links("a", next: next)), .reply(.links("b", next: next))]),
            attempts: 1
        )
        guard case .settled(let settled) = bench.deliver(after: .linking) else { throw Unexpected() }
        #expect(settled.state == .unsettled)
    }

    @Test("ids of accounts are compared to the letter, those of providers without regard to case")
    func comparison() throws {
        let decomposed = "cafe\u{301}"
        let bench = try ClientBench(ScriptedTransport([.reply(.links(decomposed, "Leslie")), .reply(.created)]))
        let row = LinkRow.sample(externalID: "café")
        guard case .settled(let settled) = bench.deliver(row, after: .linking) else { throw Unexpected() }
        #expect(settled.evidence == .reply)
    }

    private struct Unexpected: Error {}
}
