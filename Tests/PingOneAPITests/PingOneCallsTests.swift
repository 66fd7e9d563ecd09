import HTTPTransport
import PingOneAPI
import Testing

@Suite("PingOneCalls")
struct PingOneCallsTests {
    private let calls: PingOneCalls

    init() throws {
        calls = PingOneCalls(
            endpoints: try Endpoints(region: .australia),
            environment: "E",
            timeout: .seconds(7)
        )
    }

    @Test("Create Linked Account")
    func create() {
        let link = LinkRequest(identityProviderID: "P", externalID: "00123")
        #expect(
            calls.createLink(link, ofUser: "U", transaction: "run-1/2")
                == HTTPRequest(
                    method: .post,
                    url: "https://api.pingone.com.au/v1/environments/E/users/U/linkedAccounts",
                    headers: [
                        HTTPHeader(name: "Content-Type", value: "application/vnd.pingidentity.account.link+json"),
                        HTTPHeader(name: "X-Ping-External-Transaction-ID", value: "run-1/2"),
                    ],
                    body: Array(#"{"identityProvider":{"id":"P"},"externalId":"00123"}"#.utf8),
                    timeout: .seconds(7)
                )
        )
    }

    private func get(_ path: String) -> HTTPRequest {
        HTTPRequest(
            method: .get,
            url: "https://api.pingone.com.au/v1/environments/E" + path,
            headers: [HTTPHeader(name: "Accept", value: "application/json")],
            timeout: .seconds(7)
        )
    }

    @Test("the calls that only read")
    func reads() {
        #expect(calls.linkedAccounts(ofUser: "U") == get("/users/U/linkedAccounts"))
        #expect(calls.readEnvironment() == get(""))
        #expect(calls.readIdentityProvider("P") == get("/identityProviders/P"))
        #expect(calls.attributeMappings(ofIdentityProvider: "P") == get("/identityProviders/P/attributes"))
    }

    @Test("the calls that create and change an attribute mapping")
    func mappings() {
        let mapping = AttributeMapping(id: "M", name: "email", value: "v", update: .always)
        var request = HTTPRequest(
            method: .post,
            url: "https://api.pingone.com.au/v1/environments/E/identityProviders/P/attributes",
            headers: [HTTPHeader(name: "Content-Type", value: "application/json")],
            body: Array(#"{"name":"email","update":"ALWAYS","value":"v"}"#.utf8),
            timeout: .seconds(7)
        )
        #expect(calls.createMapping(mapping, ofIdentityProvider: "P") == request)
        request.method = .put
        request.url += "/M"
        #expect(calls.changeMapping("M", to: mapping, ofIdentityProvider: "P") == request)
    }

    @Test("the next page is a request like the first")
    func nextPage() {
        let path = "/users/U/linkedAccounts?cursor=a%20b&limit=100"
        #expect(calls.page("https://api.pingone.com.au/v1/environments/E" + path) == get(path))
    }

    @Test(
        "a token follows no link to another server",
        arguments: [
            "", "/v1/environments/E", "https://evil.test/v1/x", "http://api.pingone.com.au/v1/x",
            "https://api.pingone.com.au", "https://api.pingone.com.au/v1", "https://api.pingone.com.au/v2/x",
            "https://api.pingone.com.au.evil.test/v1/x", "https://api.pingone.com.au@evil.test/v1/x",
            "https://api.pingone.com.au/v1@evil.test/x", "https://api.pingone.com.au:8443/v1/x",
            "https://api.pingone.com.au/v1.evil.test/", " https://api.pingone.com.au/v1/x",
            "https://api.pingone.com.au/v1/x y", "https://api.pingone.com.au/v1/x\r\nHost: evil.test",
            "https://api.pingone.com.au/v1/\u{0}", "https://api.pingone.com.au/v1/\u{7F}",
            "https://api.pingone.com.au/v1/\u{E9}", "https://api.pingone.com.au/v1/\u{301}",
        ]
    )
    func otherServers(link: String) {
        #expect(calls.page(link) == nil)
    }

    @Test("a request carries the token last, and does not show it")
    func authorized() {
        let token = AccessToken(value: Secret("eyJ.abc.def"), generation: 1)
        let request = calls.readEnvironment().authorized(by: token)
        var expected = get("")
        expected.headers.append(HTTPHeader(name: "Authorization", value: "Bearer eyJ.abc.def"))
        #expect(request == expected)
        var dumped = ""
        dump(request, to: &dumped)
        dump(token, to: &dumped)
        #expect(!"\(request) \(dumped)".contains("eyJ"))
    }
}
