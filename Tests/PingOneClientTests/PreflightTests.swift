import HTTPTransport
import ImportTestKit
import TestKit
import Testing

@testable import PingOneClient

@Suite("The look before the first row")
struct PreflightTests {
    private func check(
        _ steps: [ScriptedTransport.Step],
        providers: [String] = [SampleIDs.provider]
    ) throws -> (warnings: [String], bench: ClientBench<ScriptedTransport>) {
        let bench = try ClientBench(ScriptedTransport(steps), attempts: 3)
        let warnings = Preflight(caller: bench.caller, session: bench.session).check(identityProviders: providers)
        #expect(bench.wire.stepsLeft == 0)
        #expect(bench.wire.methods.allSatisfy { $0 == "GET" })
        return (warnings, bench)
    }

    @Test("environment and identity providers are there")
    func fine() throws {
        let result = try check([.reply(.environment), .reply(.sample(200, #"{"enabled":true}"#))])
        #expect(result.warnings == [])
        #expect(result.bench.control.reason == nil)
        let base = "https://api.pingone.com/v1/environments/\(SampleIDs.environment)"
        #expect(result.bench.wire.requests.map(\.url) == [base, "\(base)/identityProviders/\(SampleIDs.provider)"])
    }

    @Test("an environment that is not there ends the run")
    func unknownEnvironment() throws {
        let result = try check([.reply(.sample(404))])
        #expect(result.bench.control.reason == .unknownEnvironment(SampleIDs.environment, flag: "--environment"))
    }

    @Test("an identity provider that is not there ends the run")
    func unknownProvider() throws {
        let result = try check([.reply(.environment), .reply(.sample(404))])
        #expect(result.bench.control.reason == .unknownIdentityProvider(SampleIDs.provider))
    }

    @Test(
        "whatever is not the environment that was asked for ends the run",
        arguments: [
            .sample(200, "<html>Welcome</html>"), .sample(200, "{}"), .sample(200, #"{"id":"\#(SampleIDs.provider)"}"#),
            .sample(200, "[]"), .sample(200), .sample(302, headers: ["Location": "https://login.example.com/"]),
            .sample(400, "<html>"), .sample(405),
        ] as [HTTPResponse]
    )
    func foreign(answer: HTTPResponse) throws {
        let result = try check([.reply(answer)])
        #expect(result.bench.control.reason == .wrongAddress(.foreign))
        #expect(result.bench.control.reason?.exitCode == 78)
    }

    @Test("a path that the API's front door does not know ends the run")
    func unknownPath() throws {
        let body = #"{"message":"Invalid key=value pair (missing equal-sign) in Authorization header"}"#
        let result = try check([.reply(.sample(403, body))])
        #expect(result.bench.control.reason == .wrongAddress(.unknownPath))
        #expect(
            result.bench.control.reason?.message
                == "The address of the API is wrong: PingOne's API does not know the path. Check --api-url, or leave it "
                + "out and name the --region; it looks like https://api.pingone.com/v1."
        )
    }

    @Test("a gateway's 403 is waited for, and is not PingOne's API when it stays")
    func blocked() throws {
        let blocked = ScriptedTransport.Step.reply(.sample(403, "<html>"))
        #expect(try check([blocked, .reply(.environment)], providers: []).bench.control.reason == nil)
        #expect(try check([blocked, blocked, blocked]).bench.control.reason == .wrongAddress(.foreign))
    }

    @Test("a look-up that is forbidden is a warning")
    func forbidden() throws {
        let answer = ScriptedTransport.Step.reply(.problem(403, "ACCESS_FAILED"))
        let result = try check([answer, answer])
        #expect(
            result.warnings == [
                "The environment could not be looked up (HTTP 403 ACCESS_FAILED); going on without.",
                "The identity provider \(SampleIDs.provider) could not be looked up (HTTP 403 ACCESS_FAILED); "
                    + "going on without.",
            ]
        )
        #expect(result.bench.control.reason == nil)
    }

    @Test("a disabled identity provider is a warning")
    func disabled() throws {
        let result = try check([.reply(.environment), .reply(.sample(200, #"{"enabled":false}"#))])
        #expect(
            result.warnings
                == ["The identity provider \(SampleIDs.provider) is disabled: links to it may be refused."]
        )
    }

    @Test("trouble is tried again, and ends the run when it stays")
    func unavailable() throws {
        #expect(
            try check([.reply(.sample(503)), .reply(.environment)], providers: []).bench.control.reason == nil
        )
        let result = try check([
            .failure(.neverSent(reason: "a")), .reply(.sample(500)), .failure(.inDoubt(reason: "h:443: timeout")),
        ])
        #expect(result.bench.control.reason == .unreachable(reason: "h:443: timeout"))
    }
}
