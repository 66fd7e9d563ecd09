import Testing

@testable import PingOneSimulator

@Suite("Attribute mappings over a socket")
struct SimulatorMappingTests {
    private typealias Client = TestClient

    private static let core = KnownIDs.usernameMapping
    private static let email = KnownIDs.emailMapping

    private static func body(
        name: String = "nickname",
        value: String = "${providerAttributes.screen_name}",
        update: String = "EMPTY_ONLY"
    ) -> String {
        #"{"name":"\#(name)","update":"\#(update)","value":"\#(value)"}"#
    }

    private static func send(
        _ client: Client,
        _ method: String,
        _ mapping: String? = nil,
        at provider: String = KnownIDs.identityProvider,
        body: String = "",
        contentType: String = "application/json"
    ) async throws -> RawResponse {
        let path = Client.attributesPath(of: provider) + (mapping.map { "/\($0)" } ?? "")
        return try await client.send(method, path, body: body, headers: ["Content-Type": contentType])
    }

    @Test("a mapping is answered with 201, its place and the body of PingOne's sample")
    func create() async throws {
        var configuration = SimulatorConfiguration()
        configuration.mappings = .core
        try await Client.withSimulator(configuration) { client in
            let before = try await client.get(Client.attributesPath()).embedded("attributes")
            #expect(before.map { $0["name"] } == ["username"])
            #expect(before.map { $0["mappingType"] } == ["CORE"])

            let body = Self.body(name: "email", value: "${providerAttributes.email}")
            let response = try await Self.send(client, "POST", body: body)
            #expect(response.status == 201)
            let id = try #require(response.json?["id"]?.stringValue)
            guard case .integer(let created) = response.json?["createdAt"] else {
                Issue.record("no time in \(response.body)")
                return
            }
            // Milliseconds, not seconds: after 2001 and before 2286.
            #expect((1_000_000_000_000..<10_000_000_000_000).contains(created))
            let provider =
                "\(client.simulator.apiURL)/environments/\(KnownIDs.environment)/identityProviders/"
                + KnownIDs.identityProvider
            let expected: String = [
                #"{"_links":{"self":{"href":"\#(provider)/attributes/\#(id)"},"#,
                #""identityProvider":{"href":"\#(provider)"}},"#,
                #""name":"email","value":"${providerAttributes.email}","update":"EMPTY_ONLY","id":"\#(id)","#,
                #""mappingType":"CUSTOM","environment":{"id":"\#(KnownIDs.environment)"},"#,
                #""identityProvider":{"id":"\#(KnownIDs.identityProvider)"},"#,
                #""createdAt":\#(created),"updatedAt":\#(created)}"#,
            ].joined()
            #expect(response.body == expected)
            #expect(response.headers["location"] == "\(provider)/attributes/\(id)")
            #expect(client.simulator.journal.last?.applied == true)

            let list = try await client.get(Client.attributesPath())
            #expect(list.embedded("attributes").map { $0["name"] } == ["username", "email"])
            #expect(list.json?["count"] == 2)
            #expect(try await Self.send(client, "GET", id.uppercased()).body == expected)
        }
    }

    @Test("a custom mapping can be changed and removed")
    func changeAndRemove() async throws {
        try await Client.withSimulator { client in
            let body = Self.body(value: "${providerAttributes.name} at X", update: "ALWAYS")
            let changed = try await Self.send(client, "PUT", Self.email, body: body)
            #expect(changed.status == 200)
            #expect(changed.json?["id"] == .string(Self.email))
            #expect(changed.json?["name"] == "nickname")
            #expect(changed.json?["value"] == "${providerAttributes.name} at X")
            #expect(changed.json?["update"] == "ALWAYS")
            #expect(changed.json?["createdAt"] == 1_559_592_542_048)
            #expect(changed.json?["updatedAt"] != 1_559_592_542_048)
            #expect(try await Self.send(client, "GET", Self.email).body == changed.body)
            // What was shown can be sent back as it is.
            #expect(try await Self.send(client, "PUT", Self.email, body: changed.body).status == 200)

            let removed = try await Self.send(client, "DELETE", Self.email)
            #expect(removed.status == 204)
            #expect(removed.body.isEmpty)
            #expect(try await Self.send(client, "DELETE", Self.email).problem == "NOT_FOUND")
            #expect(try await Self.send(client, "POST", body: body).status == 201)
            #expect(client.simulator.journal.map(\.applied) == [true, false, true, true, false, true])
            #expect(
                client.simulator.counters.requests
                    == ["PUT attribute": 2, "GET attribute": 1, "DELETE attribute": 2, "POST attributes": 1]
            )
        }
    }

    @Test("of a core mapping only the value can be changed, and it stays")
    func core() async throws {
        try await Client.withSimulator { client in
            let other = Self.body(update: "ALWAYS")
            let refusal = try await Self.send(client, "PUT", Self.core, body: other)
            #expect(refusal.problem == "INVALID_DATA: INVALID_VALUE name, INVALID_VALUE update")
            let value = Self.body(name: "username", value: "${providerAttributes.email}")
            let changed = try await Self.send(client, "PUT", Self.core, body: value)
            #expect(changed.json?["value"] == "${providerAttributes.email}")
            #expect(changed.json?["mappingType"] == "CORE")
            let removal = try await Self.send(client, "DELETE", Self.core)
            #expect(removal.status == 400)
            #expect(removal.problem == "REQUEST_FAILED: CONSTRAINT_VIOLATION mappingType")
            #expect(client.simulator.journal.map(\.applied) == [false, true, false])
        }
    }

    @Test(
        "a body that cannot be taken is refused, with what is wrong, and nothing changes",
        arguments: [
            ("{", "INVALID_REQUEST"), ("", "INVALID_REQUEST"), ("[]", "INVALID_REQUEST"),
            ("{}", "INVALID_DATA: REQUIRED_VALUE name, REQUIRED_VALUE value, REQUIRED_VALUE update"),
            (
                #"{"name":null,"value":7,"update":""}"#,
                "INVALID_DATA: REQUIRED_VALUE name, INVALID_VALUE value, EMPTY_VALUE update"
            ),
            (body(update: "always"), "INVALID_DATA: INVALID_VALUE update"),
            (body(name: "email"), "INVALID_DATA: UNIQUENESS_VIOLATION name"),
            (body(name: "username"), "INVALID_DATA: UNIQUENESS_VIOLATION name"),
            (body(name: "account"), "INVALID_DATA: INVALID_VALUE name"),
            (body(name: "id"), "INVALID_DATA: INVALID_VALUE name"),
            (body(name: "created"), "INVALID_DATA: INVALID_VALUE name"),
            (body(name: "updated"), "INVALID_DATA: INVALID_VALUE name"),
            (body(name: "lifecycle"), "INVALID_DATA: INVALID_VALUE name"),
            (body(name: "mfaEnabled"), "INVALID_DATA: INVALID_VALUE name"),
            (body(name: "enabled"), "INVALID_DATA: INVALID_VALUE name"),
            (body(name: "name"), "INVALID_DATA: INVALID_VALUE name"),
            (body(value: "text"), "INVALID_DATA: INVALID_VALUE value"),
            (body(value: "${providerAttributes.sub}"), "INVALID_DATA: INVALID_VALUE value"),
            (
                body(name: "email", value: "${samlAssertion.subject}"),
                "INVALID_DATA: UNIQUENESS_VIOLATION name, INVALID_VALUE value"
            ),
        ]
    )
    func invalidBody(body: String, problem: String) async throws {
        try await Client.withSimulator { client in
            let before = try await client.get(Client.attributesPath())
            let response = try await Self.send(client, "POST", body: body)
            #expect(response.status == 400)
            #expect(response.problem == problem)
            #expect(client.simulator.journal.last?.applied == false)
            #expect(try await client.get(Client.attributesPath()).body == before.body)
        }
    }

    @Test("a mapping does not take the name of another one")
    func rename() async throws {
        try await Client.withSimulator { client in
            let id = try #require(
                try await Self.send(client, "POST", body: Self.body(name: "name.given")).json?["id"]?.stringValue
            )
            let taken = try await Self.send(client, "PUT", id, body: Self.body(name: "email"))
            #expect(taken.problem == "INVALID_DATA: UNIQUENESS_VIOLATION name")
            #expect(try await Self.send(client, "PUT", id, body: Self.body(name: "name.family")).status == 200)
            let elsewhere = KnownIDs.secondIdentityProvider
            #expect(try await Self.send(client, "POST", at: elsewhere, body: Self.body(name: "email")).status == 201)
        }
    }

    @Test("another content type is refused", arguments: [("POST", nil), ("PUT", KnownIDs.emailMapping)])
    func contentType(method: String, mapping: String?) async throws {
        try await Client.withSimulator { client in
            let body = Self.body()
            let refusal = try await Self.send(client, method, mapping, body: body, contentType: LinkOrder.contentType)
            #expect(refusal.status == 415)
            #expect(refusal.problem == "INVALID_REQUEST")
            let type = "Application/JSON; charset=utf-8"
            #expect(try await Self.send(client, method, mapping, body: body, contentType: type).status < 300)
        }
    }

    @Test("what does not exist is 404 for each method")
    func notFound() async throws {
        try await Client.withSimulator { client async throws in
            let body = Self.body()
            #expect(try await Self.send(client, "POST", at: Client.user, body: body).problem == "NOT_FOUND")
            for method in ["GET", "PUT", "DELETE"] {
                #expect(try await Self.send(client, method, Client.user, body: body).problem == "NOT_FOUND")
                let elsewhere = KnownIDs.secondIdentityProvider
                #expect(try await Self.send(client, method, Self.email, at: elsewhere, body: body).status == 404)
            }
            #expect(try await Self.send(client, "PUT", body: body).headers["allow"] == "GET, POST")
            #expect(try await Self.send(client, "POST", Self.email, body: body).headers["allow"] == "GET, PUT, DELETE")
        }
    }

    @Test(
        "each type has its core mapping and its own attributes",
        arguments: [
            (KnownIDs.identityProvider, "${providerAttributes.id}", "${providerAttributes.location}"),
            (KnownIDs.secondIdentityProvider, "${providerAttributes.sub}", "${providerAttributes.any_claim}"),
            (KnownIDs.samlIdentityProvider, "${samlAssertion.subject}", "${providerAttributes.any}"),
            (
                KnownIDs.googleIdentityProvider, "${providerAttributes.emailAddress.value}",
                "${providerAttributes.name.displayName}"
            ),
        ]
    )
    func types(provider: String, core: String, value: String) async throws {
        try await Client.withSimulator { client in
            let first = try await Self.send(client, "GET", at: provider).embedded("attributes").first
            #expect(first?["name"] == "username")
            #expect(first?["value"] == .string(core))
            #expect(first?["update"] == "EMPTY_ONLY")
            #expect(first?["mappingType"] == "CORE")
            #expect(first?["identityProvider"]?["id"] == .string(provider))
            #expect(try await Self.send(client, "POST", at: provider, body: Self.body(value: value)).status == 201)
            let linked = try await client.post(Client.linkBody("1", at: provider))
            #expect(linked.json?["identityProvider"]?["id"] == .string(provider))
        }
    }
}
