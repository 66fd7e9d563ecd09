import HTTPTransport
import PingOneAPI
import Testing

@Suite("A user, as PingOne tells of them")
struct UserTests {
    private static let user = User(
        id: "788d4931-6936-43f2-82ff-178f5762298a",
        username: "Leslie",
        email: "leslie@example.com",
        externalID: "Ab-1"
    )

    @Test(
        "is named by the key that was asked for",
        arguments: [
            (UserKey.username, "leslie", true), (.username, "LESLIE", true), (.username, "lesley", false),
            (.username, "", false), (.username, "leslie@example.com", false), (.email, "Leslie@Example.com", true),
            (.email, "leslie", false), (.externalID, "Ab-1", true), (.externalID, "ab-1", false),
        ]
    )
    func isNamed(key: UserKey, value: String, isNamed: Bool) {
        #expect(Self.user.isNamed(value, by: key) == isNamed)
    }

    @Test("a user about whom the answer does not tell is not the one", arguments: UserKey.allCases)
    func untold(key: UserKey) {
        #expect(!User(id: "u").isNamed("", by: key))
        #expect(!User(id: "u").isNamed("leslie", by: key))
    }

    @Test("two spellings of one letter are two names")
    func unicode() {
        #expect(!User(id: "u", externalID: "\u{E9}").isNamed("e\u{301}", by: .externalID))
        #expect(!User(id: "u", username: "\u{E9}").isNamed("e\u{301}", by: .username))
        #expect(User(id: "u", username: "\u{C9}").isNamed("\u{E9}", by: .username))
    }

    @Test("reads a page of a list")
    func page() throws {
        let body =
            #"{"_links":{"next":{"href":"https://api.pingone.com/v1/x?cursor=7"}},"_embedded":{"users":["#
            + #"{"id":"788d4931-6936-43f2-82ff-178f5762298a","username":"Leslie","email":"leslie@example.com","#
            + #""externalId":"Ab-1","name":{"given":"Leslie"}},{"id":"u","username":null,"email":7}]},"size":2}"#
        let page = try #require(UserPage(HTTPResponse(200, body)))
        #expect(page.users == [Self.user, User(id: "u")])
        #expect(page.next == "https://api.pingone.com/v1/x?cursor=7")
    }

    @Test(
        "how many users there are in all, where that is said",
        arguments: [
            (#""count":2"#, nil, 2), (#""count":7"#, "next", 7), (#""count":1"#, "next", nil), (#""size":2"#, nil, nil),
            (#""count":"7""#, "next", nil),
        ] as [(String, String?, Int?)]
    )
    func total(count: String, next: String?, total: Int?) throws {
        let links = next.map { #""_links":{"next":{"href":"\#($0)"}},"# } ?? ""
        let page = UserPage(HTTPResponse(200, "{\(links)\(count),\"_embedded\":{\"users\":[{\"id\":\"u\"}]}}"))
        #expect(try #require(page).total == total)
    }

    @Test("nobody is a list that says so")
    func empty() throws {
        let page = try #require(UserPage(HTTPResponse(200, #"{"_embedded":{"users":[]},"count":0,"size":0}"#)))
        #expect(page.users.isEmpty)
        #expect(page.next == nil)
    }

    @Test(
        "what may hide a user is no page",
        arguments: [
            "", "{}", "[]", #"{"_embedded":{"linkedAccounts":[]}}"#, #"{"_embedded":{"users":[{"username":"x"}]}}"#,
            #"{"_embedded":{"users":[{"id":"../1"}]}}"#, #"{"count":1}"#,
            #"{"_embedded":{"users":[]},"_links":{"next":{}}}"#,
        ]
    )
    func unreadable(body: String) {
        #expect(UserPage(HTTPResponse(200, body)) == nil)
    }
}
