import HTTPTransport
import ImportTestKit
import PingOneAPI
import TestKit
import Testing

@testable import PingOneClient

@Suite("Removing one link")
struct LinkRemovalTests {
    private static let gone = HTTPResponse.sample(204)
    private static let missing = HTTPResponse.problem(404, "NOT_FOUND")
    private static let refused = HTTPResponse.problem(400, "INVALID_DATA", detail: "INVALID_VALUE")
    private static let reset = ScriptedTransport.Step.failure(.inDoubt(reason: "h:443: reset"))
    private static let neverSent = ScriptedTransport.Step.failure(.neverSent(reason: "h:443: no route"))
    private static let pause = HTTPResponse.sample(503, headers: ["Retry-After": "1"])

    /// Removes a link with this script, all of which must be used.
    private func remove(
        _ steps: [ScriptedTransport.Step],
        isInDoubt: Bool = false,
        stoppingIn number: Int? = nil
    ) throws -> (ending: String, bench: ClientBench<ScriptedTransport>) {
        let control = RunControl()
        let wire = ScriptedTransport(steps) { if $0 == number { control.stop(.signal(15)) } }
        let bench = try ClientBench(wire, control: control)
        let removal = LinkRemoval(caller: bench.caller, session: bench.session)
        let ending = removal.remove("link-1", ofUser: SampleIDs.user(1), isInDoubt: isInDoubt)
        #expect(wire.stepsLeft == 0, "the script was not used up")
        #expect(wire.methods.allSatisfy { $0 == "DELETE" })
        return (describe(ending), bench)
    }

    private func describe(_ ending: LinkRemoval.Ending) -> String {
        switch ending {
        case .undone: "undone"
        case .refused(let problem): "refused: \(problem.summary)"
        case .kept(let problem): "kept: \(problem?.summary ?? "-")"
        case .unknown(let problem): "unknown: \(problem.summary)"
        }
    }

    @Test("the request names the user and the link, and has no body")
    func request() throws {
        let request = try #require(try remove([.reply(Self.gone)]).bench.wire.requests.first)
        #expect(
            request.url == "https://api.pingone.com/v1/environments/\(SampleIDs.environment)/users/"
                + "\(SampleIDs.user(1))/linkedAccounts/link-1"
        )
        #expect(request.body == nil)
        #expect(request.headers.last == HTTPHeader(name: "Authorization", value: "Bearer token-1"))
    }

    @Test(
        "its end",
        arguments: [
            ([.reply(gone)], "undone"),
            ([.reply(.sample(200, "<html>"))], "undone"),
            ([.reply(missing)], "undone"),
            ([.reply(refused)], "refused: HTTP 400 INVALID_DATA, INVALID_VALUE (externalId)"),
            ([.reply(.sample(302, headers: ["Location": "https://elsewhere.example"]))], "refused: HTTP 302"),
            ([.reply(.sample(401)), .reply(gone)], "undone"),
            (
                [.reply(.sample(429)), .reply(.sample(429)), .reply(.sample(429)), .reply(refused)],
                "refused: HTTP 400 INVALID_DATA, INVALID_VALUE (externalId)"
            ),
            ([neverSent, neverSent, neverSent], "kept: NOT_SENT, h:443: no route"),
            ([neverSent, .reply(gone)], "undone"),
            ([reset, .reply(missing)], "undone"),
            ([.reply(.sample(500)), .reply(missing)], "undone"),
            ([.reply(.sample(408)), .reply(.sample(500)), .reply(.sample(504))], "unknown: HTTP 504"),
            ([reset, reset, reset], "unknown: NO_ANSWER, h:443: reset"),
            ([.reply(.sample(500)), neverSent, neverSent], "unknown: HTTP 500"),
            ([.reply(pause), .reply(pause), .reply(pause), .reply(pause), .reply(missing)], "undone"),
        ] as [([ScriptedTransport.Step], String)]
    )
    func endings(steps: [ScriptedTransport.Step], expected: String) throws {
        #expect(try remove(steps).ending == expected)
    }

    @Test(
        "after a DELETE that may have been carried out, no refusal of another one says that the link is there",
        arguments: [reset, .reply(.sample(500)), .reply(.sample(408)), .reply(pause)]
    )
    func refusedAfterDoubt(first: ScriptedTransport.Step) throws {
        let ending = try remove([first, .reply(.problem(403, "ACCESS_FAILED"))]).ending
        #expect(ending == "unknown: HTTP 403 ACCESS_FAILED")
    }

    @Test(
        "a doubt that an earlier run has left ends with an answer that says so, and with no other",
        arguments: [
            ([.reply(gone)], "undone"), ([.reply(missing)], "undone"),
            ([.reply(.problem(403, "ACCESS_FAILED"))], "unknown: HTTP 403 ACCESS_FAILED"),
            ([neverSent, neverSent, neverSent], "unknown: NOT_SENT, h:443: no route"),
        ] as [([ScriptedTransport.Step], String)]
    )
    func earlierDoubt(steps: [ScriptedTransport.Step], expected: String) throws {
        #expect(try remove(steps, isInDoubt: true).ending == expected)
    }

    @Test(
        "stopped in its first request, the link is as it was only if that certainly did nothing",
        arguments: [
            (.reply(gone), "undone"), (.reply(.sample(429)), "kept: -"), (neverSent, "kept: -"),
            (reset, "unknown: STOPPED, the run ended before PingOne had answered"),
            (.reply(.sample(500)), "unknown: STOPPED, the run ended before PingOne had answered"),
            (.reply(pause), "unknown: STOPPED, the run ended before PingOne had answered"),
        ] as [(ScriptedTransport.Step, String)]
    )
    func stopped(step: ScriptedTransport.Step, expected: String) throws {
        #expect(try remove([step], stoppingIn: 1).ending == expected)
    }

    @Test("stopped before it was sent, it is as the ledger knew it")
    func stoppedBefore() throws {
        let bench = try ClientBench(ScriptedTransport([]))
        bench.control.stop(.signal(15))
        let removal = LinkRemoval(caller: bench.caller, session: bench.session)
        let user = SampleIDs.user(1)
        #expect(describe(removal.remove("link-1", ofUser: user, isInDoubt: false)) == "kept: -")
        #expect(
            describe(removal.remove("link-1", ofUser: user, isInDoubt: true))
                == "unknown: STOPPED, the run ended before PingOne had answered"
        )
    }

    @Test("a second 401 ends the run, and the link is as it was")
    func unauthorized() throws {
        let result = try remove([.reply(.sample(401)), .reply(.sample(401))])
        #expect(result.ending == "kept: -")
        #expect(result.bench.control.reason?.exitCode == 77)
    }

}
