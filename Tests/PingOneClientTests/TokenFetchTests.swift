import Foundation
import HTTPTransport
import ImportTestKit
import JSON
import Pacing
import PingOneAPI
import TestKit
import Testing

@testable import PingOneClient

@Suite("Getting tokens")
struct TokenFetchTests {
    private func source(
        _ credentials: Credentials,
        _ wire: ScriptedTransport = ScriptedTransport([]),
        control: RunControl = RunControl(),
        time: JumpingTime = JumpingTime()
    ) -> TokenSource {
        TokenFetch(
            credentials: credentials,
            address: TokenAddress(server: "https://auth.example", environment: SampleIDs.environment),
            timeout: .seconds(30),
            retryPolicy: RetryPolicy(maxAttempts: 3),
            maxWait: .seconds(300),
            wallClock: { Date(timeIntervalSince1970: 1_700_000_000) }
        ).source(time: time, control: control) { wire }
    }

    private let client = Credentials.client(
        ClientCredentials(clientID: "id", proof: .basic(Secret("s3cret")))
    )

    private func stop(_ steps: [ScriptedTransport.Step]) throws -> RunStop? {
        let wire = ScriptedTransport(steps)
        do {
            _ = try source(client, wire).token()
            return nil
        } catch let failure as TokenFailure {
            #expect(wire.stepsLeft == 0)
            return failure.stop
        }
    }

    @Test("the authorization server gives one")
    func fetched() throws {
        let wire = ScriptedTransport([.reply(.sample(200, #"{"access_token":"abc","expires_in":3600}"#))])
        let source = source(client, wire)
        #expect(try source.token().value == Secret("abc"))
        #expect(try source.token().value == Secret("abc"))
        #expect(wire.requests.map(\.url) == ["https://auth.example/\(SampleIDs.environment)/as/token"])
    }

    @Test("what is unavailable is asked again")
    func unavailable() throws {
        let wire = ScriptedTransport([
            .reply(.sample(503)), .failure(.inDoubt(reason: "reset")), .reply(.sample(200, #"{"access_token":"abc"}"#)),
        ])
        #expect(try source(client, wire).token().value == Secret("abc"))
    }

    @Test("refusals and lasting trouble end the run, without the secret in the message")
    func refused() throws {
        let refused = try stop([.reply(.sample(401, #"{"error":"invalid_client"}"#))])
        #expect(refused == .credentialsRefused(TokenRefusal(status: 401, error: "invalid_client")))
        #expect(
            refused?.message == "The authorization server refuses the worker application (HTTP 401, invalid_client). "
                + "Check client id, secret, --auth-method and --auth-environment."
        )
        let address = TokenAddress(server: "https://auth.example", environment: SampleIDs.environment)
        #expect(try stop([.reply(.sample(404))]) == .noTokenService(address, status: 404))
        #expect(try stop([.reply(.sample(302))]) == .noTokenService(address, status: 302))
        #expect(try stop([.failure(.certificate(reason: "expired"))]) == .certificate(reason: "expired"))
        #expect(
            try stop(Array(repeating: .reply(.sample(502)), count: 3))
                == .unreachable(reason: "the authorization server answers HTTP 502")
        )
        #expect(
            try stop(Array(repeating: .reply(.sample(200, "<html>")), count: 3))
                == .noTokenService(address, status: 200)
        )
        let paused = try stop([.reply(.sample(429, headers: ["Retry-After": "301"]))])
        #expect(paused?.name == "max-wait")
        #expect(paused?.message.contains("asks for a pause of 301 s") == true)
    }

    @Test("each try has an assertion of its own, with the time of this machine")
    func assertions() throws {
        let wire = ScriptedTransport([
            .reply(.sample(503)), .failure(.inDoubt(reason: "reset")), .reply(.sample(200, #"{"access_token":"abc"}"#)),
        ])
        let signing = ClientCredentials(clientID: "id", proof: .assertion(.secret(Secret("s3cret"))))
        _ = try source(.client(signing), wire).token()
        let bodies = wire.requests.map { String(decoding: $0.body ?? [], as: UTF8.self) }
        #expect(Set(bodies).count == 3)
        let claims = try bodies.map { body in
            let part = try #require(body.split(separator: ".").dropFirst().first)
            let text = String(part).replacing("-", with: "+").replacing("_", with: "/")
            let padded = text + String(repeating: "=", count: (4 - text.count % 4) % 4)
            return try JSONValue(parsing: try #require(Data(base64Encoded: padded)))
        }
        #expect(claims.map { $0["iat"]?.integer } == [1_700_000_000, 1_700_000_000, 1_700_000_000])
        #expect(Set(claims.map { $0["jti"]?.string }).count == 3)
    }

    @Test("a refusal knows by how much this machine's clock is off")
    func clock() throws {
        let response = HTTPResponse(
            status: 401,
            headers: HTTPHeaderBlock([HTTPHeader(name: "Date", value: "Tue, 14 Nov 2023 22:13:20 GMT")]),
            receivedAt: HTTPDate(secondsSince1970: 1_700_000_000 - 600)
        )
        let signing = ClientCredentials(clientID: "id", proof: .assertion(.secret(Secret("s3cret"))))
        let refusal = TokenRefusal(status: 401, error: nil, method: .clientSecretJWT, clockLead: -600)
        #expect(throws: TokenFailure(.credentialsRefused(refusal))) {
            try source(.client(signing), ScriptedTransport([.reply(response)])).token()
        }
    }

    @Test("once the run has ended, nobody asks the authorization server again")
    func ended() {
        let control = RunControl()
        let source = source(client, control: control)
        control.stop(.credentialsRefused(TokenRefusal(status: 401, error: nil)))
        #expect(throws: TokenFailure(.credentialsRefused(TokenRefusal(status: 401, error: nil)))) { try source.token() }
    }

    @Test("a file is read anew when its token was refused")
    func file() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("token", "one\n")
        let source = source(.tokenFile(path: path))
        let first = try source.token()
        #expect(first.value == Secret("one"))
        try folder.write("token", " two \r\n")
        #expect(try source.token() == first)
        #expect(try source.renew(after: first).value == Secret("two"))
    }

    @Test("a file that still holds the refused token, or none, is read for half a minute", arguments: ["one", "", nil])
    func fileThatIsLate(meanwhile: String?) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("token", "one\n")
        let time = JumpingTime { number in
            // Three seconds after the first look.
            if number == 6 { try? Data("two\n".utf8).write(to: URL(filePath: path)) }
        }
        let source = source(.tokenFile(path: path), time: time)
        let first = try source.token()
        if let meanwhile { try folder.write("token", meanwhile) } else { unlink(path) }
        #expect(try source.renew(after: first).value == Secret("two"))
        #expect(time.waits == Array(repeating: .milliseconds(500), count: 6))
    }

    @Test("a file that keeps the refused token ends the run")
    func fileThatStays() throws {
        let time = JumpingTime()
        let folder = try TemporaryFolder()
        let kept = try folder.write("token", "one\n")
        let source = source(.tokenFile(path: kept), time: time)
        let first = try source.token()
        let reason =
            "\(kept) still holds the one that PingOne has refused (access-token-file); put a fresh one there, then run "
            + "again"
        #expect(throws: TokenFailure(.tokenUnusable(reason: reason))) { try source.renew(after: first) }
        #expect(time.waits.reduce(.zero, +) == .seconds(30))
    }

    @Test("a file is not waited for once the run has ended")
    func fileAtTheEnd() throws {
        let folder = try TemporaryFolder()
        let control = RunControl()
        let path = try folder.write("token", "one\n")
        let source = source(.tokenFile(path: path), control: control)
        let first = try source.token()
        control.stop(.signal(15))
        #expect(throws: TokenFailure(.signal(15))) { try source.renew(after: first) }
    }

    @Test("a token's life counts from when the request for it left")
    func lifeOfASlowToken() throws {
        let time = JumpingTime()
        let wire = ScriptedTransport([
            .failure(.inDoubt(reason: "reset")), .reply(.sample(200, #"{"access_token":"a","expires_in":6}"#)),
            .reply(.sample(200, #"{"access_token":"b","expires_in":6}"#)),
        ])
        let source = TokenFetch(
            credentials: client,
            address: TokenAddress(server: "https://auth.example/as", environment: SampleIDs.environment),
            timeout: .seconds(30),
            retryPolicy: RetryPolicy(maxAttempts: 3),
            maxWait: .seconds(300),
            wallClock: { Date(timeIntervalSince1970: 1_700_000_000) }
        ).source(time: time, control: RunControl()) { SlowTransport(wire: wire, time: time) }
        #expect(try source.token().value == Secret("a"))
        // 0.6 s of its 6 s are over when it comes.
        time.wait(until: time.now + .milliseconds(5399 - 1200), unless: StopSignal())
        #expect(try source.token().value == Secret("a"))
        time.wait(until: time.now + .milliseconds(1), unless: StopSignal())
        #expect(try source.token().value == Secret("b"))
    }

    /// Each answer takes 0.6 s.
    private struct SlowTransport: Transport {
        let wire: ScriptedTransport
        let time: JumpingTime

        func send(_ request: HTTPRequest, ifStill mayLeave: @escaping () -> Bool) throws(TransportError) -> HTTPResponse
        {
            time.wait(until: time.now + .milliseconds(600), unless: StopSignal())
            return try wire.send(request, ifStill: mayLeave)
        }
    }

    @Test("a file without one token in it", arguments: ["", "\n", "one two", "one\ntwo\n", "ö"])
    func unusable(text: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("token", text)
        let reason = "\(path) does not hold one token on one line (access-token-file); write the token alone there"
        #expect(throws: TokenFailure(.tokenUnusable(reason: reason))) {
            try source(.tokenFile(path: path)).token()
        }
        let missing = folder.path("missing")
        let unread =
            "the file that is to hold it (access-token-file) cannot be read; check the path and its permissions"
        #expect(throws: TokenFailure(.tokenUnusable(reason: unread))) {
            try source(.tokenFile(path: missing)).token()
        }
    }
}
