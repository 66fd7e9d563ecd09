import HTTPTransport
import ImportTestKit
import PingOneAPI
import PingOneClient
import TestKit
import Testing

@testable import AttributeMappings

@Suite("Fetching an identity provider's attribute mappings")
struct MappingSessionReadingTests {
    private func fetch(
        _ steps: [ScriptedTransport.Step]
    ) throws -> (mappings: [AttributeMapping]?, bench: ClientBench<ScriptedTransport>) {
        let bench = try ClientBench(ScriptedTransport(steps), attempts: 3)
        let mappings = MappingSession(session: bench.session, identityProvider: SampleIDs.provider).mappings()
        #expect(bench.wire.stepsLeft == 0)
        #expect(bench.wire.methods.allSatisfy { $0 == "GET" })
        return (mappings, bench)
    }

    private static let base = "https://api.pingone.com/v1/environments/\(SampleIDs.environment)"
    private static let url = "\(base)/identityProviders/\(SampleIDs.provider)/attributes"

    private static func page(_ names: String..., next: String? = nil) -> ScriptedTransport.Step {
        let entries = names.map {
            #"{"id":"id-\#($0)","name":"\#($0)","value":"${providerAttributes.id}","update":"ALWAYS"}"#
        }
        let links = next.map { #""_links":{"next":{"href":"\#($0)"}},"# } ?? ""
        return .reply(.sample(200, #"{\#(links)"_embedded":{"attributes":[\#(entries.joined(separator: ","))]}}"#))
    }

    @Test("all pages, in their order")
    func pages() throws {
        let next = "\(Self.url)?cursor=2"
        let result = try fetch([Self.page("username", "email", next: next), Self.page("nickname")])
        #expect(result.mappings?.map(\.name) == ["username", "email", "nickname"])
        #expect(result.mappings?.allSatisfy { $0.update == .always } == true)
        #expect(result.bench.wire.requests.map(\.url) == [Self.url, next])
        #expect(result.bench.control.reason == nil)
    }

    @Test("401, 429 and trouble are waited for")
    func patient() throws {
        let result = try fetch([
            .reply(.sample(401)), .reply(.sample(429, headers: ["Retry-After": "2"])), .reply(.sample(503)),
            .failure(.neverSent(reason: "a")), Self.page("username"),
        ])
        #expect(result.mappings?.count == 1)
        #expect(result.bench.session.requestCounts == (5, 1))
    }

    @Test("trouble that stays ends the run, as do an answer that cannot be read and one that nobody expects")
    func unreachable() throws {
        let odd = try fetch([.reply(.sample(302))])
        #expect(odd.mappings == nil)
        #expect(odd.bench.control.reason == .unreachable(reason: "HTTP 302"))
        let failing = try fetch(Array(repeating: .reply(.sample(500)), count: 3))
        #expect(failing.mappings == nil)
        #expect(failing.bench.control.reason == .unreachable(reason: "HTTP 500"))
        let unreadable = try fetch(Array(repeating: .reply(.sample(200, #"{"attributes":[]}"#)), count: 3))
        #expect(unreadable.mappings == nil)
        #expect(
            unreadable.bench.control.reason == .unreachable(reason: "HTTP 200 UNREADABLE_ANSWER")
        )
    }

    @Test("mappings that may not be read end the run")
    func forbidden() throws {
        let result = try fetch([.reply(.problem(403, "ACCESS_FAILED"))])
        #expect(result.mappings == nil)
        #expect(
            result.bench.control.reason
                == .forbiddenMappings(APIProblem(.problem(403, "ACCESS_FAILED")))
        )
    }

    @Test("an identity provider that is not there ends the run; where it is the environment, that is said")
    func unknown() throws {
        let provider = try fetch([.reply(.sample(404)), .reply(.environment)])
        #expect(provider.mappings == nil)
        #expect(provider.bench.control.reason == .unknownIdentityProvider(SampleIDs.provider))
        let environment = try fetch([.reply(.sample(404)), .reply(.sample(404))])
        #expect(
            environment.bench.control.reason == .unknownEnvironment(SampleIDs.environment, flag: "--environment")
        )
    }
}
