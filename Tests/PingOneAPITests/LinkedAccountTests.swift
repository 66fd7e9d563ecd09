import HTTPTransport
import PingOneAPI
import Testing

@Suite("Whether a linked account is the one of a row")
struct LinkedAccountTests {
    private static let provider = "550d3bdf-554b-4f9d-8825-ece15308673d"

    private func account(externalID: String) -> LinkedAccount {
        LinkedAccount(id: "1", identityProviderID: Self.provider, externalID: externalID)
    }

    @Test(
        "the provider's id is compared without regard to case",
        arguments: [
            ("550d3bdf-554b-4f9d-8825-ece15308673d", true),
            ("550D3BDF-554B-4F9D-8825-ECE15308673D", true),
            ("550d3bdf-554b-4f9d-8825-ece15308673e", false),
            ("", false),
        ]
    )
    func providerID(_ id: String, isLink: Bool) {
        #expect(account(externalID: "7").links(identityProvider: id, externalID: "7") == isLink)
    }

    @Test(
        "the external id is compared byte by byte",
        arguments: [
            ("7", "7", true), ("7", "07", false), ("7", "7 ", false), ("7", "", false), ("Leslie", "leslie", false),
            ("é", "é", true), ("\u{E9}", "e\u{301}", false), ("1e5", "100000", false), ("K", "\u{212A}", false),
            ("12345678901234567890", "12345678901234567890", true),
            ("12345678901234567890", "12345678901234567891", false),
        ]
    )
    func externalID(there: String, wanted: String, isLink: Bool) {
        #expect(account(externalID: there).links(identityProvider: Self.provider, externalID: wanted) == isLink)
    }
}

@Suite("A page of linked accounts, as PingOne sends it")
struct LinkedAccountPageTests {
    private static let entry =
        #"{"_links":{"self":{"href":"https://x"}},"id":"92713768-50f5-4c7a-829f-865c4820d201","environment":{"id":"e"},"#
        + #""user":{"id":"u"},"identityProvider":{"id":"550d3bdf-554b-4f9d-8825-ece15308673d"},"#
        + #""externalId":"127152908468744"}"#

    private static let account = LinkedAccount(
        id: "92713768-50f5-4c7a-829f-865c4820d201",
        identityProviderID: "550d3bdf-554b-4f9d-8825-ece15308673d",
        externalID: "127152908468744"
    )

    @Test("reads the API's sample")
    func sample() throws {
        let body =
            #"{"_links":{"self":{"href":"https://api.pingone.com/v1/environments/e/users/u/linkedAccounts"}},"#
            + #""_embedded":{"linkedAccounts":[\#(Self.entry)]},"count":1,"size":1}"#
        let page = try #require(LinkedAccountPage(HTTPResponse(200, body)))
        #expect(page.accounts == [Self.account])
        #expect(page.next == nil)
    }

    @Test("says where the list goes on")
    func next() throws {
        let body =
            #"{"_links":{"next":{"href":"https://api.pingone.com/v1/x?cursor=7"}},"#
            + #""_embedded":{"linkedAccounts":[\#(Self.entry),\#(Self.entry)]}}"#
        let page = try #require(LinkedAccountPage(HTTPResponse(200, body)))
        #expect(page.accounts == [Self.account, Self.account])
        #expect(page.next == "https://api.pingone.com/v1/x?cursor=7")
    }

    @Test(
        "an empty list is one that says so",
        arguments: [
            #"{"_embedded":{"linkedAccounts":[]}}"#, #"{"_embedded":{"linkedAccounts":[]},"count":0,"size":0}"#,
            #"{"_links":{"self":{"href":"https://h/v1/x"}}}"#, #"{"count":0}"#, #"{"size":0}"#,
            #"{"_embedded":{},"count":0}"#, #"{"_links":{"next":null},"size":0}"#,
        ]
    )
    func empty(body: String) throws {
        let page = try #require(LinkedAccountPage(HTTPResponse(200, body)))
        #expect(page.accounts.isEmpty)
        #expect(page.next == nil)
    }

    @Test(
        "what may hide a link is no page",
        arguments: [
            "", "{}", "[]", "null", "<html>", #"{"count":1}"#, #"{"_embedded":{}}"#, #"{"_embedded":[]}"#,
            #"{"_embedded":{"linkedAccounts":{}},"size":1}"#, #"{"_embedded":{"linkedAccounts":"x"},"count":0}"#,
            #"{"_embedded":{"linkedAccounts":[null]}}"#, #"{"_embedded":{"linkedAccounts":[{}]}}"#,
            #"{"_embedded":{"linkedAccounts":[{"id":"1","externalId":"7"}]}}"#,
            #"{"_embedded":{"linkedAccounts":[{"id":"1","identityProvider":{"id":"p"}}]}}"#,
            #"{"_embedded":{"linkedAccounts":[{"identityProvider":{"id":"p"},"externalId":"7"}]}}"#,
            #"{"_embedded":{"linkedAccounts":[{"id":"1","identityProvider":"p","externalId":"7"}]}}"#,
            #"{"_embedded":{"linkedAccounts":[{"id":"1","identityProvider":{"id":"p"},"externalId":7}]}}"#,
            #"{"_embedded":{"linkedAccounts":[{"id":"../1","identityProvider":{"id":"p"},"externalId":"7"}]}}"#,
            #"{"_embedded":{"linkedAccounts":[]},"_links":{"next":{"href":7}}}"#,
            #"{"_embedded":{"linkedAccounts":[]},"_links":{"next":{}}}"#,
            #"{"_embedded":{"linkedAccounts":[]},"_links":{"next":"https://x"}}"#,
        ]
    )
    func unreadable(body: String) {
        #expect(LinkedAccountPage(HTTPResponse(200, body)) == nil)
    }

    @Test("one entry that cannot be read spoils the page")
    func oneBadEntry() {
        let body = #"{"_embedded":{"linkedAccounts":[\#(Self.entry),{"id":"1"}]}}"#
        #expect(LinkedAccountPage(HTTPResponse(200, body)) == nil)
    }

    @Test("a page that was cut off is no page")
    func cutOff() {
        #expect(LinkedAccountPage(HTTPResponse(200, #"{"count":0}"#, isComplete: false)) == nil)
    }
}
