import Testing

@testable import PingOneSimulator

/// A running simulator and a client with a good token for it.
struct TestClient {
    static let user = "788d4931-6936-43f2-82ff-178f5762298a"
    static let otherUser = "b7b3ba6e-1a2f-4c8e-9d5e-9c2b6f6a1c01"

    let simulator: Simulator
    let token: String

    /// Runs `body` with a simulator of its own, which is stopped afterwards.
    static func withSimulator(
        _ configuration: SimulatorConfiguration = .init(),
        _ body: (TestClient) async throws -> Void
    ) async throws {
        let simulator = try await Simulator.start(configuration)
        do {
            let token = try await requestToken(from: simulator)
            try await body(TestClient(simulator: simulator, token: token))
        } catch {
            await simulator.stop()
            throw error
        }
        await simulator.stop()
    }

    private static func requestToken(from simulator: Simulator) async throws -> String {
        let form = "grant_type=client_credentials&client_id=\(KnownIDs.clientID)&client_secret=\(KnownIDs.clientSecret)"
        let text = request(
            "POST",
            "/\(KnownIDs.environment)/as/token",
            headers: ["Content-Type": "application/x-www-form-urlencoded"],
            body: form
        )
        let response = try await response(to: text, from: simulator)
        return try #require(JSON.reading(response.body.utf8)?["access_token"]?.stringValue)
    }

    static let environmentPath = "/v1/environments/\(KnownIDs.environment)"

    static func linksPath(of user: String = user) -> String {
        "\(environmentPath)/users/\(user)/linkedAccounts"
    }

    static func attributesPath(of provider: String = KnownIDs.identityProvider) -> String {
        "\(environmentPath)/identityProviders/\(provider)/attributes"
    }

    static func linkBody(_ externalID: String, at provider: String = KnownIDs.identityProvider) -> String {
        #"{"identityProvider":{"id":"\#(provider)"},"externalId":"\#(externalID)"}"#
    }

    /// The bytes of a request.
    static func request(_ method: String, _ path: String, headers: [String: String] = [:], body: String = "") -> String
    {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: simulator"]
        lines += headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        if !body.isEmpty { lines.append("Content-Length: \(body.utf8.count)") }
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
    }

    /// The bytes of a request for a link, with a good token.
    func linkRequest(_ body: String, user: String = TestClient.user, headers: [String: String] = [:]) -> String {
        let all = ["Content-Type": LinkOrder.contentType, "Authorization": "Bearer \(token)"].merging(headers) { $1 }
        return Self.request("POST", Self.linksPath(of: user), headers: all, body: body)
    }

    /// Sends a request on a connection of its own.
    static func answer(to request: String, from simulator: Simulator) async throws -> RawConnection.Answer {
        let connection = try RawConnection(port: simulator.port)
        try connection.send(request)
        return await connection.receive()
    }

    static func response(to request: String, from simulator: Simulator) async throws -> RawResponse {
        let answer = try await answer(to: request, from: simulator)
        guard case .response(let response) = answer else {
            Issue.record("no response but \(answer)")
            throw CancellationError()
        }
        return response
    }

    func get(_ path: String) async throws -> RawResponse {
        try await send("GET", path)
    }

    func send(
        _ method: String,
        _ path: String,
        body: String = "",
        headers: [String: String] = [:]
    ) async throws -> RawResponse {
        let headers = ["Authorization": "Bearer \(token)"].merging(headers) { $1 }
        return try await Self.response(to: Self.request(method, path, headers: headers, body: body), from: simulator)
    }

    /// Asks for a link.
    func link(_ externalID: String, user: String = TestClient.user) async throws -> RawResponse {
        try await post(Self.linkBody(externalID), user: user)
    }

    func post(_ body: String, user: String = TestClient.user, headers: [String: String] = [:]) async throws
        -> RawResponse
    {
        try await Self.response(to: linkRequest(body, user: user, headers: headers), from: simulator)
    }

    func change(_ body: (inout SimulatorSettings) throws -> Void) throws {
        var settings = simulator.settings
        try body(&settings)
        try simulator.change(to: settings)
    }
}

extension RawResponse {
    /// The elements of a list.
    func embedded(_ name: String) -> [JSON] {
        guard case .array(let elements) = json?["_embedded"]?[name] else { return [] }
        return elements
    }

    var json: JSON? { JSON.reading(body.utf8) }

    /// The code of the error and of its details with their targets: `INVALID_DATA: REQUIRED_VALUE externalId`.
    var problem: String? {
        guard let json, let code = json["code"]?.stringValue else { return nil }
        guard case .array(let details) = json["details"] ?? [] else { return code }
        let texts = details.map { detail in
            [detail["code"]?.stringValue, detail["target"]?.stringValue].compactMap(\.self).joined(separator: " ")
        }
        return texts.isEmpty ? code : "\(code): \(texts.joined(separator: ", "))"
    }
}
