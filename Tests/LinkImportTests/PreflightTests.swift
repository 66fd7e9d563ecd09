import HTTPTransport
import ImportTestKit
import Testing

@testable import LinkImport

@Suite("The look before the first row")
struct PreflightTests {
    private func check(
        _ steps: [ScriptedTransport.Step],
        providers: [String] = [SampleIDs.provider]
    ) throws -> (warnings: [String], bench: DeliveryBench<ScriptedTransport>) {
        let bench = try DeliveryBench(ScriptedTransport(steps), attempts: 3)
        let warnings = Preflight(caller: bench.caller, session: bench.session).check(identityProviders: providers)
        #expect(bench.wire.stepsLeft == 0)
        #expect(bench.wire.methods.allSatisfy { $0 == "GET" })
        return (warnings, bench)
    }

    @Test("environment and identity providers are there")
    func fine() throws {
        let result = try check([.reply(.sample(200, "{}")), .reply(.sample(200, #"{"enabled":true}"#))])
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
        let result = try check([.reply(.sample(200, "{}")), .reply(.sample(404))])
        #expect(result.bench.control.reason == .unknownIdentityProvider(SampleIDs.provider))
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
        let result = try check([.reply(.sample(200, "{}")), .reply(.sample(200, #"{"enabled":false}"#))])
        #expect(
            result.warnings
                == ["The identity provider \(SampleIDs.provider) is disabled: links to it may be refused."]
        )
    }

    @Test("trouble is tried again, and ends the run when it stays")
    func unavailable() throws {
        #expect(
            try check([.reply(.sample(503)), .reply(.sample(200, "{}"))], providers: []).bench.control.reason == nil
        )
        let result = try check([
            .failure(.neverSent(reason: "a")), .reply(.sample(500)), .failure(.inDoubt(reason: "h:443: timeout")),
        ])
        #expect(result.bench.control.reason == .unreachable(reason: "h:443: timeout"))
    }
}
