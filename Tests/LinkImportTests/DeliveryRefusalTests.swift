import HTTPTransport
import ImportTestKit
import Ledger
import Pacing
import PingOneAPI
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("What becomes of a row that PingOne refuses")
struct DeliveryRefusalTests {
    private static let conflicts: [HTTPResponse] = [
        .problem(400, "INVALID_DATA", detail: "UNIQUENESS_VIOLATION"), .problem(409, "CONFLICT"),
    ]

    @Test("a conflict whose link is there is already-linked", arguments: conflicts)
    func alreadyLinked(conflict: HTTPResponse) throws {
        let result = try ClientBench.deliver([.reply(conflict), .reply(.links("leslie"))])
        #expect(
            result.outcome
                == .settled(
                    Settlement(
                        state: .alreadyLinked,
                        linkedAccountID: "link-of-leslie",
                        correlationID: "c-read",
                        attempts: 1,
                        posts: 1
                    )
                )
        )
    }

    @Test("a conflict after a doubt is this run's own link, known from the read-back", arguments: conflicts)
    func conflictAfterDoubt(conflict: HTTPResponse) throws {
        let result = try ClientBench.deliver([
            .failure(.inDoubt(reason: "reset")), .reply(.links()), .reply(conflict), .reply(.links("leslie")),
        ])
        let settled = try result.outcome.settlement()
        #expect(settled.state == .linked)
        #expect(settled.evidence == .readBack)
    }

    @Test(
        "lists that are late: after a conflict that follows a doubt they are read again, and never end it as rejected",
        arguments: 0...6
    )
    func lateLists(late: Int) throws {
        let attempts = 5
        let conflict = ScriptedTransport.Step.reply(Self.conflicts[0])
        var steps: [ScriptedTransport.Step] = [.failure(.inDoubt(reason: "reset"))]
        if late > 0 { steps += [.reply(.links("other")), conflict] }
        steps += Array(repeating: .reply(.links()), count: max(0, min(late - 1, attempts)))
        let isSeen = late - 1 < attempts
        if isSeen { steps.append(.reply(.links("leslie"))) }
        let result = try ClientBench.deliver(steps, attempts: attempts)
        let settled = try result.outcome.settlement()
        #expect(settled.state == (isSeen ? .linked : .unsettled))
        #expect(settled.evidence == (isSeen ? .readBack : nil))
        #expect(settled.posts == (late > 0 ? 2 : 1))
        #expect(settled.doubt == (isSeen ? nil : .linking))
        if late > 2 { #expect(result.bench.time.waits.count >= late - 1, "each reading waits for its backoff") }
        if isSeen { return }
        #expect(settled.errorDetail == "UNIQUENESS_VIOLATION (externalId), read-back: not shown yet")
        // And the next run, for which the list is as late again, and then is not.
        let late = try ClientBench.deliver(
            [.reply(.links()), conflict] + Array(repeating: .reply(.links()), count: attempts),
            attempts: attempts,
            after: .linking
        )
        #expect(try late.outcome.settlement().state == .unsettled)
        let seen = try ClientBench.deliver([.reply(.links("leslie"))], after: .linking)
        #expect(try seen.outcome.settlement().evidence == .readBack)
    }

    @Test("a refusal for another reason after a doubt counts when no reading shows the link")
    func refusedAfterDoubt() throws {
        let refusal = ScriptedTransport.Step.reply(.problem(400, "INVALID_DATA", detail: "INVALID_VALUE"))
        let lost: [ScriptedTransport.Step] = [.reply(.sample(500)), .reply(.links()), refusal]
        let absent = try ClientBench.deliver(lost + Array(repeating: .reply(.links()), count: 3))
        let rejected = try absent.outcome.settlement()
        #expect(rejected.state == .rejected)
        #expect(rejected.doubt == .linking)
        let there = try ClientBench.deliver(lost + [.reply(.links()), .reply(.links("leslie"))])
        #expect(try there.outcome.settlement().evidence == .readBack)
        let unread = try ClientBench.deliver(lost + Array(repeating: .reply(.sample(500)), count: 3))
        #expect(try unread.outcome.settlement().state == .unsettled)
    }

    @Test("a gateway's 403 is sent again without reading, and ends as failed, for all that is known not linked")
    func blocked() throws {
        let blocked = ScriptedTransport.Step.reply(.sample(403, "<html>Forbidden</html>"))
        let passed = try ClientBench.deliver([blocked, .reply(.created)])
        #expect(passed.methods == ["POST", "POST"])
        #expect(try passed.outcome.settlement().state == .linked)
        let settled = try ClientBench.deliver([blocked, blocked, blocked]).outcome.settlement()
        #expect(settled == Settlement(state: .failed, httpStatus: 403, attempts: 3, posts: 3))
        #expect(
            RowProblem(settled).hint(for: .failed)
                == "A gateway or firewall on the way has forbidden it, not PingOne: have it let these requests through, "
                + "then run again."
        )
        let asked = HTTPResponse.sample(403, "<html>", headers: ["Retry-After": "2"])
        let waited = try ClientBench.deliver([.reply(asked), .reply(asked), .reply(.created)], attempts: 1)
        #expect(try waited.outcome.settlement().attempts == 1)
        #expect(waited.bench.time.waits.reduce(.zero, +) >= .seconds(4))
    }

    @Test("a path that the API's front door does not know ends the run before a row is linked, later it is a gateway's")
    func unknownPath() throws {
        let body = #"{"message":"Invalid key=value pair (missing equal-sign) in Authorization header"}"#
        let first = try ClientBench.deliver([.reply(.sample(403, body))])
        #expect(first.outcome == .withdrawn)
        #expect(first.bench.control.reason == .wrongAddress(.unknownPath))
        let bench = try ClientBench(
            ScriptedTransport([.reply(.created), .reply(.sample(403, body)), .reply(.created)])
        )
        #expect(try bench.deliver().settlement().state == .linked)
        #expect(try bench.deliver().settlement().state == .linked)
    }

    @Test("a conflict whose link is not there is rejected")
    func conflictElsewhere() throws {
        let result = try ClientBench.deliver([.reply(Self.conflicts[0]), .reply(.links("other"))])
        #expect(
            result.outcome
                == .settled(
                    Settlement(
                        state: .rejected,
                        httpStatus: 400,
                        errorCode: "INVALID_DATA",
                        errorDetail: "UNIQUENESS_VIOLATION (externalId)",
                        errorFact: .exists,
                        errorID: "e-1",
                        correlationID: "c-2",
                        attempts: 1,
                        posts: 1,
                        latency: .milliseconds(7)
                    )
                )
        )
    }

    @Test("a conflict whose links cannot be read is unsettled")
    func conflictUnread() throws {
        let result = try ClientBench.deliver(
            [.reply(Self.conflicts[1])] + Array(repeating: .reply(.sample(502)), count: 3)
        )
        let settled = try result.outcome.settlement()
        #expect(settled.state == .unsettled)
        #expect(settled.httpStatus == 502)
        #expect(settled.errorCode == RowProblem.refusedUnread)
    }

    @Test("a link that is found after such a conflict is not ours")
    func conflictReadLater() throws {
        let bench = try ClientBench(ScriptedTransport([.reply(.links("leslie"))]))
        let settled = try bench.deliver(after: .refusedLinking).settlement()
        #expect(settled.state == .alreadyLinked)
        #expect(settled.evidence == nil)
    }

    @Test("other refusals are final", arguments: [300, 301, 302, 307, 308, 400, 402, 403, 404, 405, 415, 422, 451])
    func rejected(status: Int) throws {
        let answer = HTTPResponse.sample(
            status,
            #"{"code":"SOME_CODE"}"#,
            headers: ["Location": "https://elsewhere.example/v1"]
        )
        let result = try ClientBench.deliver([.reply(answer)])
        let settled = try result.outcome.settlement()
        #expect(settled.state == .rejected)
        #expect(settled.httpStatus == status)
        #expect(settled.errorCode == "SOME_CODE")
    }
}
