import Testing

@testable import PingOneSimulator

@Suite("The simulator over a socket")
struct SimulatorTests {
    private typealias Client = TestClient

    @Test("a link is answered with 200 and the body of PingOne's sample")
    func link() async throws {
        try await Client.withSimulator { client in
            let response = try await client.link("3249023841")
            #expect(response.status == 200)
            let id = try #require(response.json?["id"]?.stringValue)
            let environment = "\(client.simulator.apiURL)/environments/\(KnownIDs.environment)"
            let user = "user-\(Client.user)@example.com"
            let expected: String = [
                #"{"_links":{"self":{"href":"\#(environment)/users/\#(Client.user)/linkedAccounts/\#(id)"},"#,
                #""environment":{"href":"\#(environment)"},"#,
                #""user":{"href":"\#(environment)/users/\#(Client.user)"}},"#,
                #""_embedded":{"user":{"id":"\#(Client.user)","environment":{"id":"\#(KnownIDs.environment)"},"#,
                #""account":{"canAuthenticate":true,"status":"OK"},"createdAt":"2021-03-02T18:19:26.000Z","#,
                #""enabled":true,"identityProvider":{"type":"PING_ONE"},"lifecycle":{"status":"ACCOUNT_OK"},"#,
                #""mfaEnabled":false,"population":{"id":"\#(KnownIDs.population)"},"#,
                #""updatedAt":"2021-03-02T18:19:26.000Z","verifyStatus":"NOT_INITIATED","#,
                #""email":"\#(user)","username":"\#(user)"}},"#,
                #""id":"\#(id)","environment":{"id":"\#(KnownIDs.environment)"},"user":{"id":"\#(Client.user)"},"#,
                #""identityProvider":{"id":"\#(KnownIDs.identityProvider)"},"externalId":"3249023841"}"#,
            ].joined()
            #expect(response.body == expected)
        }
    }

    @Test("each answer has the headers that PingOne documents")
    func headers() async throws {
        try await Client.withSimulator { client in
            let response = try await client.post(
                Client.linkBody("1"),
                headers: ["X-Ping-External-Transaction-ID": "run 1/17;é"]
            )
            #expect(ResourceID(response.headers["correlation-id"] ?? "") != nil)
            #expect(response.headers["content-type"] == "application/json")
            #expect(response.headers["cache-control"] == "no-cache, no-store")
            #expect(response.headers["date"]?.hasSuffix(" GMT") == true)
            #expect(response.headers["x-ping-external-transaction-id"]?.hasPrefix("run_1/17__") == true)
            let other = try await client.get(Client.linksPath())
            #expect(other.headers["correlation-id"] != response.headers["correlation-id"])
            #expect(ResourceID(other.headers["x-ping-external-transaction-id"] ?? "") != nil)
        }
    }

    @Test("links can be listed, read and deleted")
    func readAndDelete() async throws {
        try await Client.withSimulator { client in
            let empty = try await client.get(Client.linksPath())
            #expect(empty.status == 200)
            #expect(empty.json?["_embedded"]?["linkedAccounts"] == [])
            #expect(empty.json?["count"] == 0)

            let first = try #require(try await client.link("00123").json?["id"]?.stringValue)
            let second = try #require(try await client.link("1e5").json?["id"]?.stringValue)
            let list = try await client.get(Client.linksPath())
            guard case .array(let links) = list.json?["_embedded"]?["linkedAccounts"] else {
                Issue.record("no list in \(list.body)")
                return
            }
            #expect(links.map { $0["id"] } == [.string(first), .string(second)])
            #expect(links.map { $0["externalId"] } == ["00123", "1e5"])
            #expect(links.allSatisfy { $0["_embedded"] == nil })
            #expect(list.json?["count"] == 2)
            #expect(list.json?["size"] == 2)

            let path = "\(Client.linksPath())/\(first)"
            #expect(try await client.get(path).json == links[0])
            let deleted = try await client.send("DELETE", path)
            #expect(deleted.status == 204)
            #expect(deleted.body.isEmpty)
            #expect(try await client.send("DELETE", path).problem == "NOT_FOUND")
            #expect(try await client.get(path).status == 404)
            #expect(client.simulator.links.map(\.externalID) == ["1e5"])
            #expect(try await client.link("00123", user: Client.otherUser).status == 200)
        }
    }

    @Test("a link of another user is not found")
    func linkOfAnotherUser() async throws {
        try await Client.withSimulator { client in
            let id = try #require(try await client.link("1").json?["id"]?.stringValue)
            let path = "\(Client.linksPath(of: Client.otherUser))/\(id)"
            #expect(try await client.get(path).status == 404)
            #expect(try await client.send("DELETE", path).status == 404)
            #expect(client.simulator.links.count == 1)
        }
    }

    @Test(
        "an external id is refused the second time, for the same user too",
        arguments: [Client.user, Client.otherUser]
    )
    func duplicate(user: String) async throws {
        try await Client.withSimulator { client in
            #expect(try await client.link("1").status == 200)
            let refusal = try await client.link("1", user: user)
            #expect(refusal.status == 400)
            let id = try #require(refusal.json?["id"]?.stringValue)
            #expect(
                refusal.body == #"{"id":"\#(id)","code":"INVALID_DATA","message":"The request could not be completed. "#
                    + #"One or more validation errors were in the request.","details":[{"code":"UNIQUENESS_VIOLATION","#
                    + #""target":"externalId","message":"is unique but a non-unique value is provided"}]}"#
            )
            #expect(try await client.post(Client.linkBody("1", at: KnownIDs.secondIdentityProvider)).status == 200)
            #expect(client.simulator.counters.duplicatesRefused == 1)
        }
    }

    @Test(
        "a body that cannot be taken is refused, with what is wrong",
        arguments: [
            ("{", "INVALID_REQUEST"),
            ("[]", "INVALID_REQUEST"),
            ("{}", "INVALID_DATA: REQUIRED_VALUE identityProvider.id, REQUIRED_VALUE externalId"),
            (Client.linkBody(""), "INVALID_DATA: EMPTY_VALUE externalId"),
            (Client.linkBody("1", at: Client.user), "INVALID_DATA: INVALID_VALUE identityProvider.id"),
            (
                #"{"identityProvider":7,"externalId":null}"#,
                "INVALID_DATA: INVALID_VALUE identityProvider, REQUIRED_VALUE externalId"
            ),
            (
                #"{"identityProvider":{"id":7},"externalId":8}"#,
                "INVALID_DATA: INVALID_VALUE identityProvider.id, INVALID_VALUE externalId"
            ),
        ]
    )
    func invalidBody(body: String, problem: String) async throws {
        try await Client.withSimulator { client in
            let response = try await client.post(body)
            #expect(response.status == 400)
            #expect(response.problem == problem)
            #expect(client.simulator.links.isEmpty)
        }
    }

    @Test("another content type is refused, parameters and case do not count")
    func contentType() async throws {
        try await Client.withSimulator { client in
            let body = Client.linkBody("1")
            let refusal = try await client.post(body, headers: ["Content-Type": "application/json"])
            #expect(refusal.status == 415)
            #expect(refusal.problem == "INVALID_REQUEST")
            let type = "Application/Vnd.PingIdentity.Account.Link+JSON; charset=UTF-8"
            #expect(try await client.post(body, headers: ["Content-Type": type]).status == 200)
        }
    }

    @Test("attributes change the user as EMPTY_ONLY and ALWAYS say")
    func attributes() async throws {
        try await Client.withSimulator { client in
            let body = #"""
                {"identityProvider":{"id":"302990C0-289D-40EC-A2FF-E7C7FD0CCA63"},"externalId":"1","attributes":{
                "email":{"value":"kept@example.com","update":"EMPTY_ONLY"},
                "username":{"value":"leslie","update":"ALWAYS"},
                "name.first":{"value":"Leslie","update":"ALWAYS"},
                "name.last":{"value":"Jones","update":"EMPTY_ONLY"}}}
                """#
            let response = try await client.post(body)
            #expect(response.status == 200)
            let user = try #require(response.json?["_embedded"]?["user"])
            #expect(user["email"] == "user-788d4931-6936-43f2-82ff-178f5762298a@example.com")
            #expect(user["username"] == "leslie")
            #expect(user["name"] == ["first": "Leslie", "last": "Jones"])
            let read = try await client.get("\(Client.environmentPath)/users/\(Client.user.uppercased())")
            #expect(read.json?["name"] == user["name"])
            #expect(read.json?["id"] == .string(Client.user))
        }
    }

    @Test(
        "what does not exist is 404",
        arguments: [
            "/users/17", "/users/17/linkedAccounts", "/users/", "/groups", "/identityProviders/1",
            "/identityProviders/\(Client.user)/attributes", "/users/\(Client.user)/linkedAccounts/17",
            "/identityProviders/\(KnownIDs.identityProvider)/attributes/\(KnownIDs.secondUsernameMapping)",
        ]
    )
    func notFound(path: String) async throws {
        try await Client.withSimulator { client in
            let response = try await client.get(Client.environmentPath + path)
            #expect(response.status == 404)
            #expect(response.problem == "NOT_FOUND")
        }
    }

    @Test("only the users of the list exist")
    func users() async throws {
        var configuration = SimulatorConfiguration()
        configuration.users = UserList(text: "userID\n\(Client.user)\n".utf8)
        try await Client.withSimulator(configuration) { client async throws in
            #expect(try await client.link("1").status == 200)
            #expect(try await client.link("2", user: Client.otherUser).problem == "NOT_FOUND")
            #expect(try await client.get("\(Client.environmentPath)/users/\(Client.otherUser)").status == 404)
        }
    }

    @Test("an unknown environment is 404 itself and 403 below")
    func unknownEnvironment() async throws {
        try await Client.withSimulator { client in
            #expect(try await client.get("/v1/environments/\(Client.user)").problem == "NOT_FOUND")
            let below = try await client.get("/v1/environments/\(Client.user)/identityProviders")
            #expect(below.status == 403)
            #expect(below.problem == "ACCESS_FAILED: INSUFFICIENT_PERMISSIONS")
            let known = try await client.get(
                Client.environmentPath.uppercased().replacing("/V1/ENVIRONMENTS", with: "/v1/environments")
            )
            #expect(known.status == 200)
            #expect(known.json?["region"] == "NA")
        }
    }

    @Test("identity providers and their attribute mappings can be read")
    func identityProviders() async throws {
        try await Client.withSimulator { client in
            let list = try await client.get("\(Client.environmentPath)/identityProviders")
            #expect(
                list.embedded("identityProviders").map { $0["type"] } == [
                    "TWITTER", "OPENID_CONNECT", "SAML", "GOOGLE",
                ]
            )
            let path = "\(Client.environmentPath)/identityProviders/\(KnownIDs.identityProvider)"
            let provider = try await client.get(path)
            #expect(provider.json?["type"] == "TWITTER")
            #expect(provider.json?["enabled"] == true)
            let attributes = try await client.get("\(path)/attributes")
            let mappings = attributes.embedded("attributes")
            #expect(mappings.map { $0["name"] } == ["username", "email"])
            #expect(mappings.map { $0["mappingType"] } == ["CORE", "CUSTOM"])
            #expect(mappings.map { $0["value"] } == ["${providerAttributes.id}", "${providerAttributes.email}"])
            #expect(mappings.allSatisfy { $0["update"] == "EMPTY_ONLY" })
            #expect(try await client.get("\(path)/attributes/\(KnownIDs.emailMapping)").json == mappings[1])
        }
    }

    @Test("a method that a resource does not have is 405")
    func methods() async throws {
        try await Client.withSimulator { client in
            let response = try await client.send("PUT", Client.linksPath(), body: "{}")
            #expect(response.status == 405)
            #expect(response.headers["allow"] == "GET, POST")
        }
    }

    @Test("a body above 1 MiB is refused and the simulator goes on")
    func hugeBody() async throws {
        try await Client.withSimulator { client in
            let connection = try RawConnection(port: client.simulator.port)
            let head = client.linkRequest(Client.linkBody("1")).replacing(
                "Content-Length: ",
                with: "Content-Length: 9999999"
            )
            try connection.send(head + String(repeating: " ", count: 1 << 20))
            let answer = await connection.receive()
            guard case .response(let response) = answer else {
                Issue.record("no response but \(answer)")
                return
            }
            #expect(response.status == 413)
            #expect(try await client.link("1").status == 200)
        }
    }

    @Test("several requests go over one connection")
    func keepAlive() async throws {
        try await Client.withSimulator { client in
            let connection = try RawConnection(port: client.simulator.port)
            for number in 1...3 {
                try connection.send(client.linkRequest(Client.linkBody("\(number)")))
                guard case .response(let response) = await connection.receive() else {
                    Issue.record("no response to request \(number)")
                    return
                }
                #expect(response.status == 200)
            }
            #expect(client.simulator.links.map(\.externalID) == ["1", "2", "3"])
        }
    }

    @Test("the port that is taken is named")
    func portTaken() async throws {
        try await Client.withSimulator { client in
            var configuration = SimulatorConfiguration()
            configuration.port = client.simulator.port
            await #expect {
                _ = try await Simulator.start(configuration)
            } throws: { error in
                "\(error)" == """
                    Cannot listen on 127.0.0.1, port \(client.simulator.port): another program has it.
                    Choose another --host or --port; port 0 takes any that is free.
                    """
            }
        }
    }

    @Test("stopping gives the port back")
    func stop() async throws {
        let first = try await Simulator.start()
        await first.stop()
        var configuration = SimulatorConfiguration()
        configuration.port = first.port
        let second = try await Simulator.start(configuration)
        #expect(second.port == first.port)
        await second.stop()
    }
}
