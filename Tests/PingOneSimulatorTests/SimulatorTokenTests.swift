import FoundationEssentials
import Testing

@testable import PingOneSimulator

@Suite("Tokens over a socket")
struct SimulatorTokenTests {
    private typealias Client = TestClient
    private static let form = "application/x-www-form-urlencoded"
    private static let path = "/\(KnownIDs.environment)/as/token"

    private static func basic(_ id: String, _ secret: String) -> String {
        "Basic " + Data("\(id):\(secret)".utf8).base64EncodedString()
    }

    @Test(
        "credentials are taken from the header and from the form, in both environments",
        arguments: [KnownIDs.environment, KnownIDs.administratorsEnvironment]
    )
    func issued(environment: String) async throws {
        try await Client.withSimulator { client in
            let basic = Client.request(
                "POST",
                "/\(environment)/as/token",
                headers: [
                    "Content-Type": Self.form,
                    "Authorization": Self.basic(KnownIDs.clientID, KnownIDs.clientSecret),
                ],
                body: "grant_type=client_credentials"
            )
            let response = try await Client.response(to: basic, from: client.simulator)
            let token = try #require(response.json?["access_token"]?.stringValue)
            #expect(
                response.body == #"{"access_token":"\#(token)","token_type":"Bearer","expires_in":3600}"#
            )
            #expect(token.count == 43)
            #expect(token != client.token)
            #expect(client.simulator.counters.tokensIssued == 2)
        }
    }

    @Test(
        "a request that is no good is refused in the shape of OAuth",
        arguments: [
            ("grant_type=client_credentials", Self.basic(KnownIDs.clientID, "wrong"), 401, "invalid_client"),
            ("grant_type=client_credentials", Self.basic("other", KnownIDs.clientSecret), 401, "invalid_client"),
            ("grant_type=client_credentials", "Basic !", 401, "invalid_client"),
            (
                "grant_type=password", Self.basic(KnownIDs.clientID, KnownIDs.clientSecret), 400,
                "unsupported_grant_type"
            ),
            ("scope=x", Self.basic(KnownIDs.clientID, KnownIDs.clientSecret), 400, "invalid_request"),
            (
                "grant_type=client_credentials&client_secret=x",
                Self.basic(KnownIDs.clientID, KnownIDs.clientSecret), 400, "invalid_request"
            ),
        ]
    )
    func refused(body: String, authorization: String, status: Int, error: String) async throws {
        try await Client.withSimulator { client in
            let headers = ["Content-Type": Self.form, "Authorization": authorization]
            let request = Client.request("POST", Self.path, headers: headers, body: body)
            let response = try await Client.response(to: request, from: client.simulator)
            #expect(response.status == status)
            #expect(response.json?["error"]?.stringValue == error)
            #expect(response.headers["www-authenticate"] == (status == 401 ? "Basic realm=\"pingone\"" : nil))
            #expect(client.simulator.counters.tokensRefused == 1)
        }
    }

    @Test("an unknown environment has no token endpoint, and GET gets no token")
    func wrongPlace() async throws {
        try await Client.withSimulator { client in
            let unknown = Client.request(
                "POST",
                "/\(Client.user)/as/token",
                headers: ["Content-Type": Self.form],
                body: "x=y"
            )
            #expect(try await Client.response(to: unknown, from: client.simulator).problem == "NOT_FOUND")
            let get = try await Client.response(to: Client.request("GET", Self.path), from: client.simulator)
            #expect(get.status == 405)
            #expect(get.headers["allow"] == "POST")
        }
    }

    @Test("the API wants a good token", arguments: ["", "Basic x", "Bearer", "Bearer wrong"])
    func unauthorized(authorization: String) async throws {
        try await Client.withSimulator { client in
            let response = try await client.post(Client.linkBody("1"), headers: ["Authorization": authorization])
            #expect(response.status == 401)
            #expect(response.problem == "ACCESS_FAILED: INVALID_TOKEN")
            #expect(client.simulator.links.isEmpty)
        }
    }

    @Test("tokens end by their lifetime and by being revoked")
    func expired() async throws {
        var configuration = SimulatorConfiguration()
        configuration.tokenLifetime = .zero
        try await Client.withSimulator(configuration) { client async throws in
            #expect(try await client.link("1").problem == "ACCESS_FAILED: INVALID_TOKEN")
        }
        try await Client.withSimulator { client async throws in
            #expect(try await client.link("1").status == 200)
            client.simulator.revokeTokens()
            #expect(try await client.link("2").problem == "ACCESS_FAILED: INVALID_TOKEN")
        }
    }
}
