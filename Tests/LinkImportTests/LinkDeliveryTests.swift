import HTTPTransport
import ImportTestKit
import Ledger
import Pacing
import PingOneAPI
import Testing

@testable import LinkImport

@Suite("What becomes of one row")
struct LinkDeliveryTests {
    /// Delivers one row with this script, all of which must be used, and checks the rule about repeated POSTs.
    private func deliver(
        _ steps: [ScriptedTransport.Step],
        attempts: Int = 3,
        after doubt: LinkDelivery.Doubt? = nil
    ) throws -> (outcome: DeliveryOutcome, methods: [String], bench: DeliveryBench<ScriptedTransport>) {
        let bench = try DeliveryBench(ScriptedTransport(steps), attempts: attempts)
        let outcome = bench.deliver(after: doubt)
        #expect(bench.wire.stepsLeft == 0, "the script was not used up")
        #expect(PostRule.violations(in: bench.wire.exchanges, startingInDoubt: doubt != nil) == [])
        return (outcome, bench.wire.methods, bench)
    }

    private func settlement(_ outcome: DeliveryOutcome) throws -> Settlement {
        guard case .settled(let settlement) = outcome else { throw Withdrawn() }
        return settlement
    }

    private struct Withdrawn: Error {}

    @Test("a 2xx with an id is a link, and the request is the one that PingOne documents")
    func linked() throws {
        let result = try deliver([.reply(.created)])
        #expect(
            result.outcome
                == .settled(
                    Settlement(
                        state: .linked,
                        evidence: .reply,
                        linkedAccountID: "link-1",
                        httpStatus: 201,
                        correlationID: "c-1",
                        attempts: 1,
                        posts: 1,
                        latency: .milliseconds(7)
                    )
                )
        )
        let request = try #require(result.bench.wire.requests.first)
        #expect(
            request.url == "https://api.pingone.com/v1/environments/\(SampleIDs.environment)/users/"
                + "\(SampleIDs.user(1))/linkedAccounts"
        )
        #expect(
            request.headers == [
                HTTPHeader(name: "Content-Type", value: "application/vnd.pingidentity.account.link+json"),
                HTTPHeader(name: "X-Ping-External-Transaction-ID", value: "run/2"),
                HTTPHeader(name: "Authorization", value: "Bearer token-1"),
            ]
        )
        #expect(
            String(decoding: request.body ?? [], as: UTF8.self)
                == #"{"identityProvider":{"id":"\#(SampleIDs.provider)"},"externalId":"leslie"}"#
        )
        #expect(request.timeout == .seconds(30))
    }

    @Test(
        "a success that cannot be read is in doubt and read back",
        arguments: [
            HTTPResponse.sample(201, ""), .sample(200, #"{"id":"#), .sample(201, #"{"name":"x"}"#),
            .sample(204, ""), .sample(200, #"{"id":"../evil"}"#), .sample(200, #"{"id":7}"#),
        ]
    )
    func unreadableSuccess(answer: HTTPResponse) throws {
        let result = try deliver([.reply(answer), .reply(.links("other", "leslie"))])
        #expect(result.methods == ["POST", "GET"])
        #expect(
            result.outcome
                == .settled(
                    Settlement(
                        state: .linked,
                        evidence: .readBack,
                        linkedAccountID: "link-of-leslie",
                        correlationID: "c-read",
                        attempts: 1,
                        posts: 1
                    )
                )
        )
    }

    @Test(
        "whatever may have been carried out is read back before it is sent again",
        arguments: [408, 500, 501, 502, 503, 504, 599]
    )
    func inDoubt(status: Int) throws {
        let result = try deliver([
            .reply(.problem(status, "UNEXPECTED_ERROR")), .reply(.links("other")), .reply(.created),
        ])
        #expect(result.methods == ["POST", "GET", "POST"])
        let settled = try settlement(result.outcome)
        #expect(settled.state == .linked)
        #expect(settled.evidence == .reply)
        #expect(settled.attempts == 2)
        #expect(settled.posts == 2)
    }

    @Test("a request without an answer is read back before it is sent again")
    func noAnswer() throws {
        let result = try deliver([
            .failure(.inDoubt(reason: "host:443: timeout")), .reply(.sample(404)), .reply(.created),
        ])
        #expect(result.methods == ["POST", "GET", "POST"])
        #expect(try settlement(result.outcome).state == .linked)
    }

    @Test("a request that never left is sent again without reading")
    func neverSent() throws {
        let result = try deliver([.failure(.neverSent(reason: "no route")), .reply(.created)])
        #expect(result.methods == ["POST", "POST"])
        let settled = try settlement(result.outcome)
        #expect(settled.state == .linked)
        #expect(settled.attempts == 2)
        #expect(settled.posts == 1)
    }

    @Test("a request that never left, as often as it was tried, is failed")
    func neverSentAtAll() throws {
        let step = ScriptedTransport.Step.failure(.neverSent(reason: "h:443: no route"))
        let result = try deliver([step, step, step])
        #expect(
            result.outcome
                == .settled(
                    Settlement(
                        state: .failed,
                        errorCode: "NOT_SENT",
                        errorDetail: "h:443: no route",
                        attempts: 3,
                        posts: 0
                    )
                )
        )
    }

    @Test("a row whose attempts are used up and that is not there is failed")
    func failed() throws {
        let result = try deliver(
            Array(repeating: [.reply(.problem(500, "UNEXPECTED_ERROR")), .reply(.links())], count: 3).flatMap(\.self)
        )
        #expect(
            result.outcome
                == .settled(
                    Settlement(
                        state: .failed,
                        httpStatus: 500,
                        errorCode: "UNEXPECTED_ERROR",
                        errorID: "e-1",
                        attempts: 3,
                        posts: 3
                    )
                )
        )
    }

    @Test("a row in doubt whose links cannot be read is unsettled, after as many read-backs as attempts")
    func unsettled() throws {
        let result = try deliver([
            .failure(.inDoubt(reason: "h:443: reset")), .reply(.sample(500)),
            .failure(.inDoubt(reason: "h:443: reset")),
            .reply(.sample(200, "<html>")),
        ])
        #expect(result.methods == ["POST", "GET", "GET", "GET"])
        #expect(
            result.outcome
                == .settled(
                    Settlement(
                        state: .unsettled,
                        errorCode: "NO_ANSWER",
                        errorDetail: "h:443: reset, read-back: HTTP 200 UNREADABLE_ANSWER",
                        attempts: 1,
                        posts: 1
                    )
                )
        )
    }

    @Test("a read-back that is refused is not tried again")
    func refusedReading() throws {
        let result = try deliver([.reply(.problem(500, "X")), .reply(.problem(403, "ACCESS_FAILED"))])
        let settled = try settlement(result.outcome)
        #expect(settled.state == .unsettled)
        #expect(settled.httpStatus == 500)
    }

    private static let conflicts: [HTTPResponse] = [
        .problem(400, "INVALID_DATA", detail: "UNIQUENESS_VIOLATION"), .problem(409, "CONFLICT"),
    ]

    @Test("a conflict whose link is there is already-linked", arguments: conflicts)
    func alreadyLinked(conflict: HTTPResponse) throws {
        let result = try deliver([.reply(conflict), .reply(.links("leslie"))])
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
        let result = try deliver([
            .failure(.inDoubt(reason: "reset")), .reply(.links()), .reply(conflict), .reply(.links("leslie")),
        ])
        let settled = try settlement(result.outcome)
        #expect(settled.state == .linked)
        #expect(settled.evidence == .readBack)
    }

    @Test("a conflict whose link is not there is rejected")
    func conflictElsewhere() throws {
        let result = try deliver([.reply(Self.conflicts[0]), .reply(.links("other"))])
        #expect(
            result.outcome
                == .settled(
                    Settlement(
                        state: .rejected,
                        httpStatus: 400,
                        errorCode: "INVALID_DATA",
                        errorDetail: "UNIQUENESS_VIOLATION (externalId)",
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
        let result = try deliver([.reply(Self.conflicts[1])] + Array(repeating: .reply(.sample(502)), count: 3))
        let settled = try settlement(result.outcome)
        #expect(settled.state == .unsettled)
        #expect(settled.httpStatus == 502)
        #expect(settled.errorCode == RowProblem.refusedUnread)
    }

    @Test("a link that is found after such a conflict is not ours")
    func conflictReadLater() throws {
        let bench = try DeliveryBench(ScriptedTransport([.reply(.links("leslie"))]))
        let settled = try settlement(bench.deliver(after: .refusedLinking))
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
        let result = try deliver([.reply(answer)])
        let settled = try settlement(result.outcome)
        #expect(settled.state == .rejected)
        #expect(settled.httpStatus == status)
        #expect(settled.errorCode == "SOME_CODE")
    }

    @Test("a 401 gets a new token, once")
    func unauthorizedOnce() throws {
        let result = try deliver([.reply(.sample(401)), .reply(.created)])
        let tokens = result.bench.wire.requests.map { $0.headers.last?.value }
        #expect(tokens == ["Bearer token-1", "Bearer token-2"])
        let settled = try settlement(result.outcome)
        #expect(settled.attempts == 1)
        #expect(settled.posts == 2)
    }

    @Test("a second 401 stops the run, and the row is as if it had never been taken")
    func unauthorizedTwice() throws {
        let result = try deliver([.reply(.problem(401, "INVALID_TOKEN")), .reply(.problem(401, "INVALID_TOKEN"))])
        #expect(result.outcome == .withdrawn)
        #expect(result.bench.control.reason?.exitCode == 77)
        #expect(
            result.bench.control.reason?.message
                == "PingOne refuses the access token, a fresh one too (HTTP 401 INVALID_TOKEN). "
                + "Check that token, region and environment belong together."
        )
    }

    @Test("429 waits as long as it says and uses up no attempt")
    func throttled() throws {
        let step = ScriptedTransport.Step.reply(.sample(429, headers: ["Retry-After": "3"]))
        let result = try deliver(Array(repeating: step, count: 10) + [.reply(.created)], attempts: 1)
        let settled = try settlement(result.outcome)
        #expect(settled.state == .linked)
        #expect(settled.attempts == 1)
        #expect(settled.posts == 11)
        #expect(result.bench.time.waits.reduce(.zero, +) >= .seconds(30))
        #expect(result.bench.session.requestCounts == (11, 10))
    }

    @Test("429 without Retry-After waits too and uses up no attempt")
    func throttledWithoutRetryAfter() throws {
        let result = try deliver(Array(repeating: .reply(.sample(429)), count: 4) + [.reply(.created)], attempts: 1)
        #expect(try settlement(result.outcome).state == .linked)
    }

    @Test("a pause longer than is permitted stops the run")
    func pauseTooLong() throws {
        let result = try deliver([.reply(.sample(429, headers: ["Retry-After": "301"]))])
        #expect(result.outcome == .withdrawn)
        #expect(
            result.bench.control.reason?.message
                == "PingOne asks for a pause of 301 s, longer than --max-wait. "
                + "It makes sense to run again from 2027-01-15T08:05:01Z."
        )
        #expect(result.bench.control.reason?.exitCode == 69)
    }

    @Test("503 with Retry-After pauses, uses up no attempt, and is read back before a second POST")
    func unavailable() throws {
        let answer = HTTPResponse.sample(503, "<html>", headers: ["Retry-After": "2"])
        let result = try deliver(
            [.reply(answer), .reply(.links()), .reply(answer), .reply(.links()), .reply(.created)],
            attempts: 1
        )
        #expect(result.methods == ["POST", "GET", "POST", "GET", "POST"])
        #expect(try settlement(result.outcome).attempts == 1)
        #expect(result.bench.time.waits.reduce(.zero, +) >= .seconds(4))
    }

    @Test("503 with Retry-After to the read-back itself is waited for as well")
    func unavailableReading() throws {
        let answer = HTTPResponse.sample(503, headers: ["Retry-After": "2"])
        let result = try deliver(
            [.failure(.inDoubt(reason: "reset"))] + Array(repeating: .reply(answer), count: 4)
                + [.reply(.links("leslie"))],
            attempts: 1
        )
        #expect(try settlement(result.outcome).evidence == .readBack)
    }

    @Test("a certificate that is refused stops the run")
    func certificate() throws {
        let result = try deliver([.failure(.certificate(reason: "expired"))])
        #expect(result.outcome == .withdrawn)
        #expect(result.bench.control.reason == .certificate(reason: "expired"))
    }

    @Test("a row that an earlier run left in doubt is read first and not sent when it is there")
    func earlierDoubt() throws {
        let result = try deliver([.reply(.links("leslie"))], after: .linking)
        #expect(
            result.outcome
                == .settled(
                    Settlement(
                        state: .linked,
                        evidence: .readBack,
                        linkedAccountID: "link-of-leslie",
                        correlationID: "c-read"
                    )
                )
        )
    }

    @Test("a row that an earlier run left in doubt and that is not there is sent")
    func earlierDoubtUnlinked() throws {
        let result = try deliver([.reply(.links()), .reply(.created)], after: .linking)
        #expect(result.methods == ["GET", "POST"])
        #expect(try settlement(result.outcome).evidence == .reply)
    }

    @Test("a row in doubt stays so when its links cannot be read, and nothing is posted")
    func earlierDoubtUnread() throws {
        let result = try deliver(Array(repeating: .reply(.sample(500)), count: 3), after: .linking)
        #expect(result.methods == ["GET", "GET", "GET"])
        #expect(try settlement(result.outcome).state == .unsettled)
    }
}

@Suite("Reading a user's links, page by page")
struct LinkPagesTests {
    private static let base = "https://api.pingone.com/v1/environments/x/users/y/linkedAccounts"

    @Test("all pages are read before a link counts as absent")
    func pages() throws {
        let bench = try DeliveryBench(
            ScriptedTransport([
                .reply(.links("a", next: "\(Self.base)?cursor=1")), .reply(.links("b", next: "\(Self.base)?cursor=2")),
                .reply(.links("leslie")),
            ])
        )
        guard case .settled(let settled) = bench.deliver(after: .linking) else { throw Unexpected() }
        #expect(settled.linkedAccountID == "link-of-leslie")
        #expect(bench.wire.requests.dropFirst().map(\.url) == ["\(Self.base)?cursor=1", "\(Self.base)?cursor=2"])
    }

    @Test(
        "a next page elsewhere is never asked for, so that the token stays here",
        arguments: [
            "https://evil.example/v1/next", "https://api.pingone.com.evil.example/v1/x",
            "https://api.pingone.com/v1@evil.example/", "http://api.pingone.com/v1/next", "/v1/next",
        ]
    )
    func elsewhere(next: String) throws {
        let bench = try DeliveryBench(ScriptedTransport([.reply(.links("a", next: next))]), attempts: 1)
        guard case .settled(let settled) = bench.deliver(after: .linking) else { throw Unexpected() }
        #expect(settled.state == .unsettled)
        #expect(settled.errorCode == "UNREADABLE_ANSWER")
        #expect(bench.wire.requests.allSatisfy { $0.url.hasPrefix("https://api.pingone.com/v1/environments/") })
    }

    @Test("pages that lead round in a circle are no answer")
    func circle() throws {
        let next = "\(Self.base)?cursor=1"
        let bench = try DeliveryBench(
            ScriptedTransport([.reply(.links("a", next: next)), .reply(.links("b", next: next))]),
            attempts: 1
        )
        guard case .settled(let settled) = bench.deliver(after: .linking) else { throw Unexpected() }
        #expect(settled.state == .unsettled)
    }

    @Test("ids of accounts are compared to the letter, those of providers without regard to case")
    func comparison() throws {
        let decomposed = "cafe\u{301}"
        let bench = try DeliveryBench(ScriptedTransport([.reply(.links(decomposed, "Leslie")), .reply(.created)]))
        let row = LinkRow.sample(externalID: "café")
        guard case .settled(let settled) = bench.deliver(row, after: .linking) else { throw Unexpected() }
        #expect(settled.evidence == .reply)
    }

    private struct Unexpected: Error {}
}

@Suite("A run that ends while a row is under way")
struct DeliveryStopTests {
    @Test(
        "before its first turn, the row was never taken",
        arguments: [
            nil, .linking, .refusedLinking, .undoing(linkedAccountID: "link-1", .reply),
        ] as [LinkDelivery.Doubt?]
    )
    func before(doubt: LinkDelivery.Doubt?) throws {
        let bench = try DeliveryBench(ScriptedTransport([]))
        bench.control.stop(.signal(15))
        #expect(bench.deliver(after: doubt) == .withdrawn)
    }

    /// Stops the run while the n-th request is under way.
    private func bench(
        stoppingIn number: Int,
        _ steps: [ScriptedTransport.Step]
    ) throws -> DeliveryBench<ScriptedTransport> {
        let control = RunControl()
        let wire = ScriptedTransport(steps) { if $0 == number { control.stop(.signal(15)) } }
        return try DeliveryBench(wire, control: control)
    }

    @Test("what is in flight is waited for")
    func inFlight() throws {
        let bench = try bench(stoppingIn: 1, [.reply(.created)])
        guard case .settled(let settled) = bench.deliver() else {
            Issue.record("the row was sent")
            return
        }
        #expect(settled.state == .linked)
    }

    @Test("after a 429, the row was never taken")
    func throttled() throws {
        #expect(try bench(stoppingIn: 1, [.reply(.sample(429))]).deliver() == .withdrawn)
    }

    @Test("after a request that never left, the row was never taken")
    func neverSent() throws {
        #expect(try bench(stoppingIn: 1, [.failure(.neverSent(reason: "x"))]).deliver() == .withdrawn)
    }

    @Test("while it waits to try again, a row in doubt is unsettled")
    func waiting() throws {
        let control = RunControl()
        let time = JumpingTime { _ in control.stop(.signal(2)) }
        let bench = try DeliveryBench(
            ScriptedTransport([.reply(.problem(500, "UNEXPECTED_ERROR"))]),
            control: control,
            time: time
        )
        #expect(
            bench.deliver()
                == .settled(
                    Settlement(
                        state: .unsettled,
                        httpStatus: 500,
                        errorCode: "UNEXPECTED_ERROR",
                        errorID: "e-1",
                        attempts: 1,
                        posts: 1
                    )
                )
        )
    }

    @Test("while it is read back, a row that is there is linked")
    func readingThere() throws {
        let bench = try bench(stoppingIn: 2, [.failure(.inDoubt(reason: "reset")), .reply(.links("leslie"))])
        guard case .settled(let settled) = bench.deliver() else {
            Issue.record("the row was sent")
            return
        }
        #expect(settled.state == .linked)
    }

    @Test("while it is read back, a row that is not there is not sent again")
    func readingAbsent() throws {
        let bench = try bench(stoppingIn: 2, [.failure(.inDoubt(reason: "reset")), .reply(.links())])
        guard case .settled(let settled) = bench.deliver() else {
            Issue.record("the row was sent")
            return
        }
        #expect(settled.state == .failed)
        #expect(bench.wire.methods == ["POST", "GET"])
    }

    @Test("while an earlier run's doubt is read back in vain, the doubt stays")
    func readingUnknown() throws {
        let bench = try bench(stoppingIn: 1, [.reply(.sample(500))])
        switch bench.deliver(after: .linking) {
        case .withdrawn: break
        case .settled(let settled): #expect(settled.state == .unsettled)
        }
        #expect(bench.wire.methods == ["GET"])
    }
}
