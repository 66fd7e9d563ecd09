import HTTPTransport
import PingOneAPI
import Testing

@Suite("The calls to PingOne, byte by byte")
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

    @Test(
        "users are found by a filter that their value cannot end",
        arguments: [
            (UserKey.username, "leslie", "username%20eq%20%22leslie%22"),
            (.email, "o'neil+x@example.com", "email%20eq%20%22o%27neil%2Bx%40example.com%22"),
            (.externalID, "00123", "externalId%20eq%20%2200123%22"),
            (.username, #"a" or username pr"#, "username%20eq%20%22a%5C%22%20or%20username%20pr%22"),
            (.username, #"back\slash\"#, "username%20eq%20%22back%5C%5Cslash%5C%5C%22"),
            (.username, "José 🦊", "username%20eq%20%22Jos%C3%A9%20%F0%9F%A6%8A%22"),
            (.username, "100% & a=b", "username%20eq%20%22100%25%20%26%20a%3Db%22"),
            (.username, "two\nlines\u{1}", "username%20eq%20%22two%5Cnlines%5Cu0001%22"),
            (.username, "", "username%20eq%20%22%22"),
        ]
    )
    func users(key: UserKey, value: String, filter: String) {
        #expect(calls.users(matching: key, value) == get("/users?filter=\(filter)&limit=2"))
    }

    @Test("all users, with room for a page of a thousand")
    func allUsers() {
        var request = get("/users?limit=1000")
        request.maxBodyBytes = 16 << 20
        #expect(calls.users(limit: 1000) == request)
        request.url = "https://api.pingone.com.au/v1/environments/E/users?cursor=7"
        #expect(calls.usersPage(request.url) == request)
        #expect(calls.usersPage("https://evil.test/v1/environments/E/users?cursor=7") == nil)
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
