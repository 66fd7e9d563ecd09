import Testing

@testable import PingOneSimulator

@Suite("Users over a socket")
struct SimulatorUserTests {
    private typealias Client = TestClient

    private static let path = "\(Client.environmentPath)/users"

    private static func configuration(users: String) -> SimulatorConfiguration {
        var configuration = SimulatorConfiguration()
        configuration.users = UserList(text: users.utf8)
        return configuration
    }

    private static func hits(_ filter: String, _ client: Client) async throws -> [JSON?] {
        let unreserved = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~+".utf8)
        let encoded = filter.utf8.map { byte in
            unreserved.contains(byte)
                ? String(decoding: [byte], as: UTF8.self)
                : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        let response = try await client.get("\(path)?filter=\(encoded)")
        #expect(response.status == 200)
        return response.embedded("users").map { $0["id"] }
    }

    @Test("a hit is the user as reading it shows it")
    func shape() async throws {
        let users = "userID,username,email,externalId\n\(Client.user),leslie,l@example.com,00123\n"
        try await Client.withSimulator(Self.configuration(users: users)) { client in
            let query = "filter=username%20eq%20%22Leslie%22&limit=7"
            let list = try await client.get("\(Self.path)?\(query)")
            let user = try await client.get("\(Self.path)/\(Client.user)")
            #expect(user.json?["username"] == "leslie")
            #expect(user.json?["email"] == "l@example.com")
            #expect(user.json?["externalId"] == "00123")
            let url = "\(client.simulator.apiURL)/environments/\(KnownIDs.environment)/users?\(query)"
            #expect(
                list.body == #"{"_links":{"self":{"href":"\#(url)"}},"_embedded":{"users":[\#(user.body)]},"#
                    + #""count":1,"size":1}"#
            )
        }
    }

    @Test("users of a list are found by what it says, several where they share it")
    func listedUsers() async throws {
        let third = "b7b3ba6e-1a2f-4c8e-9d5e-9c2b6f6a1c02"
        let users = """
            userID,username,email,externalId
            \(Client.user),"Jones, Leslie",team@example.com,Ab
            \(Client.otherUser),a+b@example.com,TEAM@example.com,Ab
            \(third),"zoë ""q"" \\",,ab
            """
        try await Client.withSimulator(Self.configuration(users: users)) { client async throws in
            let (first, second) = (JSON.string(Client.user), JSON.string(Client.otherUser))
            #expect(try await Self.hits(#"username eq "JONES, leslie""#, client) == [first])
            #expect(try await Self.hits(#"username eq "a+b@example.com""#, client) == [second])
            #expect(try await Self.hits(#"username eq "ZOË \"q\" \\""#, client) == [.string(third)])
            #expect(try await Self.hits(#"UserName EQ "zo\u00eb \u0022q\u0022 \u005c""#, client) == [.string(third)])
            #expect(try await Self.hits(#"email eq "Team@Example.Com""#, client) == [first, second])
            #expect(try await Self.hits(#"email eq "user-\#(third)@example.com""#, client) == [.string(third)])
            #expect(try await Self.hits(#"externalId eq "Ab""#, client) == [first, second])
            #expect(try await Self.hits(#"externalId eq "AB""#, client) == [])
            #expect(try await Self.hits(#"externalId eq """#, client) == [])
            #expect(try await Self.hits(#"username eq "user-\#(Client.user)@example.com""#, client) == [])
            let stranger = "788d4931-6936-43f2-82ff-178f5762298b"
            #expect(try await Self.hits(#"username eq "user-\#(stranger)@example.com""#, client) == [])
        }
    }

    @Test("without a list every user is found by the address made of its id, in any case")
    func allUsers() async throws {
        try await Client.withSimulator { client async throws in
            for attribute in ["username", "email"] {
                let filter = #"\#(attribute) eq "User-\#(Client.user.uppercased())@EXAMPLE.com""#
                #expect(try await Self.hits(filter, client) == [.string(Client.user)])
            }
            for value in ["leslie", "user-17@example.com", "user-\(Client.user)@example.org", Client.user, ""] {
                #expect(try await Self.hits(#"username eq "\#(value)""#, client) == [])
            }
            #expect(try await Self.hits(#"externalId eq "user-\#(Client.user)@example.com""#, client) == [])
        }
    }

    @Test("a link that changes attributes changes who is found", arguments: [nil, "userID,email\n\(Client.user),\n"])
    func changedByLinks(users: String?) async throws {
        let configuration = users.map { Self.configuration(users: $0) } ?? SimulatorConfiguration()
        try await Client.withSimulator(configuration) { client in
            let response = try await client.post(
                #"""
                {"identityProvider":{"id":"\#(KnownIDs.identityProvider)"},"externalId":"1","attributes":{
                "username":{"value":"Leslie","update":"ALWAYS"},"externalId":{"value":"00123","update":"EMPTY_ONLY"},
                "email":{"value":"not@example.com","update":"EMPTY_ONLY"}}}
                """#
            )
            #expect(response.status == 200)
            let user = JSON.string(Client.user)
            #expect(try await Self.hits(#"username eq "leslie""#, client) == [user])
            #expect(try await Self.hits(#"externalId eq "00123""#, client) == [user])
            #expect(try await Self.hits(#"username eq "user-\#(Client.user)@example.com""#, client) == [])
            #expect(try await Self.hits(#"email eq "user-\#(Client.user)@example.com""#, client) == [user])
            #expect(try await Self.hits(#"email eq "not@example.com""#, client) == [])
            let all = try await client.get(Self.path)
            #expect(all.embedded("users").map { $0["username"] } == ["Leslie"])
        }
    }

    @Test("pages follow one another by their cursors, with a filter and without", arguments: ["", "&filter="])
    func pages(filter: String) async throws {
        let ids = (1...5).map { "788d4931-6936-43f2-82ff-00000000000\($0)" }
        let users = "userID,email\n" + ids.map { "\($0),team@example.com\n" }.joined()
        try await Client.withSimulator(Self.configuration(users: users)) { client in
            var seen: [[JSON?]] = []
            let query = "limit=2" + (filter.isEmpty ? "" : "\(filter)email%20eq%20%22team@example.com%22")
            var next: String? = "\(client.simulator.apiURL)/environments/\(KnownIDs.environment)/users?\(query)"
            while let url = next {
                let page = try await client.get(String(url.dropFirst(client.simulator.authURL.count)))
                #expect(page.json?["_links"]?["self"]?["href"] == .string(url))
                #expect(page.json?["count"] == 5)
                seen.append(page.embedded("users").map { $0["id"] })
                next = page.json?["_links"]?["next"]?["href"]?.stringValue
            }
            #expect(seen == [[0, 1], [2, 3], [4]].map { $0.map { .string(ids[$0]) } })
            let whole = try await client.get("\(Self.path)?limit=5")
            #expect(whole.embedded("users").count == 5)
            #expect(whole.json?["_links"]?["next"] == nil)
            #expect(try await client.get("\(Self.path)?cursor=5").embedded("users").isEmpty)
        }
    }

    @Test("a page has 100 users unless more are asked for")
    func defaultLimit() async throws {
        let ids = (100..<250).map { "788d4931-6936-43f2-82ff-000000000\($0)" }
        try await Client.withSimulator(Self.configuration(users: ids.joined(separator: "\n"))) { client in
            let page = try await client.get(Self.path)
            #expect(page.embedded("users").count == 100)
            #expect(page.json?["count"] == 150)
            #expect(page.json?["size"] == 100)
            #expect(page.json?["_links"]?["next"]?["href"]?.stringValue?.hasSuffix("/users?cursor=100") == true)
            #expect(try await client.get("\(Self.path)?limit=1000").embedded("users").count == 150)
        }
    }

    @Test(
        "a query that cannot be read is refused, with what is wrong",
        arguments: [
            ("filter=username%20sw%20%22a%22", "INVALID_DATA: INVALID_FILTER filter"),
            ("filter=username+eq+%22a%22", "INVALID_DATA: INVALID_FILTER filter"),
            ("filter", "INVALID_DATA: INVALID_FILTER filter"),
            ("limit=0", "INVALID_DATA: INVALID_PARAMETER limit"),
            ("limit=1001", "INVALID_DATA: INVALID_PARAMETER limit"),
            ("cursor=x", "INVALID_DATA: INVALID_PARAMETER cursor"), ("filter=%E9", "INVALID_REQUEST"),
        ]
    )
    func refused(query: String, problem: String) async throws {
        try await Client.withSimulator { client in
            let response = try await client.get("\(Self.path)?\(query)")
            #expect(response.status == 400)
            #expect(response.problem == problem)
        }
    }

    @Test("users cannot be made or removed, and need a token")
    func methods() async throws {
        try await Client.withSimulator { client in
            let refusal = try await client.send("POST", Self.path, body: "{}")
            #expect(refusal.status == 405)
            #expect(refusal.headers["allow"] == "GET")
            let request = Client.request("GET", Self.path)
            #expect(try await Client.response(to: request, from: client.simulator).status == 401)
        }
    }
}
