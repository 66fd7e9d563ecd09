import HTTPTransport
import ImportTestKit
import Pacing
import PingOneAPI
import TestKit
import Testing

@testable import PingOneClient

@Suite("Who is meant by a name")
struct UserSearchTests {
    private static let name = UserName(.username, "Leslie")

    /// A list of users with these ids and user names.
    private static func users(_ users: (Int, String)..., next: String? = nil) -> ScriptedTransport.Step {
        let entries = users.map { #"{"id":"\#(SampleIDs.user($0.0))","username":"\#($0.1)"}"# }.joined(separator: ",")
        let links = next.map { #""_links":{"next":{"href":"\#($0)"}},"# } ?? ""
        return .reply(.sample(200, #"{\#(links)"_embedded":{"users":[\#(entries)]}}"#))
    }

    private static let page2 = "https://api.pingone.com/v1/environments/e/users?cursor=2"

    private func find(_ steps: [ScriptedTransport.Step], attempts: Int = 3, maxWait: Duration = .seconds(300)) throws
        -> (finding: UserFinding?, bench: ClientBench<ScriptedTransport>)
    {
        let bench = try ClientBench(ScriptedTransport(steps), attempts: attempts, maxWait: maxWait)
        let finding = UserSearch(caller: bench.caller, session: bench.session).find(Self.name)
        #expect(bench.wire.stepsLeft == 0)
        return (finding, bench)
    }

    @Test("the one who has it, however it is written")
    func one() throws {
        let (finding, bench) = try find([Self.users((1, "LESLIE"))])
        #expect(finding == .user(id: SampleIDs.user(1)))
        #expect(bench.wire.requests.map(\.method) == [.get])
        #expect(
            bench.wire.requests[0].url
                == "https://api.pingone.com/v1/environments/\(SampleIDs.environment)/users"
                + "?filter=username%20eq%20%22Leslie%22&limit=2"
        )
        #expect(bench.control.reason == nil)
    }

    @Test("nobody, several, somebody else")
    func unfit() throws {
        #expect(try find([Self.users()]).finding == .nobody(.noUser(.username)))
        #expect(
            try find([Self.users((1, "leslie"), (2, "leslie"))]).finding == .nobody(.severalUsers(.username))
        )
        #expect(try find([Self.users((1, "lesley"))]).finding == .nobody(.anotherUser(.username)))
        #expect(
            try find([Self.users((1, "leslie"), (2, "lesley"))]).finding == .nobody(.anotherUser(.username)),
            "a filter that is not obeyed proves nothing about the one who fits"
        )
    }

    @Test("the list is followed to the second user or to its end")
    func pages() throws {
        #expect(
            try find([Self.users(next: Self.page2), Self.users((1, "leslie"))]).finding
                == .user(id: SampleIDs.user(1))
        )
        #expect(
            try find([Self.users((1, "leslie"), next: Self.page2), Self.users((2, "leslie"))]).finding
                == .nobody(.severalUsers(.username))
        )
        #expect(
            try find([Self.users((1, "leslie"), next: Self.page2), Self.users((1, "leslie"))]).finding
                == .user(id: SampleIDs.user(1)),
            "one user on two pages is one user"
        )
        #expect(
            try find([Self.users((1, "leslie"), (2, "leslie"), next: Self.page2)]).finding
                == .nobody(.severalUsers(.username))
        )
        #expect(
            try find([Self.users((1, "lesley"), next: Self.page2)]).finding == .nobody(.anotherUser(.username))
        )
    }

    @Test("a refusal is the row's, with its code; 403 is the run's")
    func refused() throws {
        let problem = APIProblem(status: 400, code: "INVALID_FILTER", id: "e-1")
        let (finding, bench) = try find([.reply(.problem(400, "INVALID_FILTER"))])
        #expect(finding == .nobody(.refused(problem)))
        #expect(bench.control.reason == nil)
        let (none, forbidden) = try find([.reply(.problem(403, "ACCESS_FAILED"))])
        #expect(none == nil)
        #expect(forbidden.control.reason == .lookUpForbidden(APIProblem(status: 403, code: "ACCESS_FAILED", id: "e-1")))
    }

    @Test("a second 401 ends the run")
    func unauthorized() throws {
        let (finding, bench) = try find([.reply(.sample(401)), .reply(.sample(401))])
        #expect(finding == nil)
        #expect(bench.control.reason == .unauthorized(APIProblem(status: 401)))
    }

    @Test("what fails is asked again, 429 too")
    func repeated() throws {
        let steps: [ScriptedTransport.Step] = [
            .failure(.inDoubt(reason: "timeout")), .reply(.sample(429, headers: ["Retry-After": "1"])),
            .reply(.sample(503)), .reply(.sample(200, "<html>")), .failure(.neverSent(reason: "no route")),
            .reply(.sample(200, #"{"_embedded":{"users":[{"id":"no-uuid","username":"leslie"}]}}"#)),
            Self.users((1, "leslie")),
        ]
        let (finding, bench) = try find(steps, attempts: 7)
        #expect(finding == .user(id: SampleIDs.user(1)))
        #expect(bench.control.reason == nil)
    }

    @Test("without an answer, as often as --attempts says, there is nobody to link to, and the run goes on")
    func gaveUp() throws {
        let (finding, bench) = try find(Array(repeating: .reply(.sample(500)), count: 4), attempts: 4)
        #expect(finding == .nobody(.failed(RowProblem(httpStatus: 500))))
        #expect(bench.control.reason == nil)
    }
}
