import HTTPTransport
import ImportTestKit
import Ledger
import Pacing
import PingOneAPI
import TestKit
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("What becomes of one row")
struct LinkDeliveryTests {
    @Test("a 2xx with an id is a link, and the request is the one that PingOne documents")
    func linked() throws {
        let result = try ClientBench.deliver([.reply(.created)])
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
        let result = try ClientBench.deliver([.reply(answer), .reply(.links("other", "leslie"))])
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
        let result = try ClientBench.deliver([
            .reply(.problem(status, "UNEXPECTED_ERROR")), .reply(.links("other")), .reply(.created),
        ])
        #expect(result.methods == ["POST", "GET", "POST"])
        let settled = try result.outcome.settlement()
        #expect(settled.state == .linked)
        #expect(settled.evidence == .reply)
        #expect(settled.attempts == 2)
        #expect(settled.posts == 2)
    }

    @Test("a request without an answer is read back before it is sent again")
    func noAnswer() throws {
        let result = try ClientBench.deliver([
            .failure(.inDoubt(reason: "host:443: timeout")), .reply(.sample(404)), .reply(.created),
        ])
        #expect(result.methods == ["POST", "GET", "POST"])
        #expect(try result.outcome.settlement().state == .linked)
    }

    @Test("a request that never left is sent again without reading")
    func neverSent() throws {
        let result = try ClientBench.deliver([.failure(.neverSent(reason: "no route")), .reply(.created)])
        #expect(result.methods == ["POST", "POST"])
        let settled = try result.outcome.settlement()
        #expect(settled.state == .linked)
        #expect(settled.attempts == 2)
        #expect(settled.posts == 1)
    }

    @Test("a request that never left, as often as it was tried, is failed")
    func neverSentAtAll() throws {
        let step = ScriptedTransport.Step.failure(.neverSent(reason: "h:443: no route"))
        let result = try ClientBench.deliver([step, step, step])
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
        let result = try ClientBench.deliver(
            Array(repeating: [.reply(.problem(500, "UNEXPECTED_ERROR")), .reply(.links())], count: 3).flatMap(\.self)
                + Array(repeating: .reply(.links()), count: 2)
        )
        #expect(
            result.outcome
                == .settled(
                    Settlement(
                        state: .failed,
                        doubt: .linking,
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
        let result = try ClientBench.deliver([
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
                        doubt: .linking,
                        errorCode: "NO_ANSWER",
                        errorDetail: "h:443: reset, read-back: HTTP 200 UNREADABLE_ANSWER",
                        attempts: 1,
                        posts: 1
                    )
                )
        )
    }

    @Test("a row that ends as failed stays one that may be linked, where a POST was ever in doubt")
    func doubtOfFailed() throws {
        let failed = try ClientBench.deliver([.reply(.problem(500, "X")), .reply(.links())], attempts: 1)
        #expect(try failed.outcome.settlement().doubt == .linking)
        let neverLeft = try ClientBench.deliver([.failure(.neverSent(reason: "x"))], attempts: 1)
        #expect(try neverLeft.outcome.settlement().doubt == nil)
    }

    @Test("a read-back that is refused is not tried again")
    func refusedReading() throws {
        let result = try ClientBench.deliver([.reply(.problem(500, "X")), .reply(.problem(403, "ACCESS_FAILED"))])
        let settled = try result.outcome.settlement()
        #expect(settled.state == .unsettled)
        #expect(settled.httpStatus == 500)
    }

    @Test("a row that an earlier run left in doubt is read first and not sent when it is there")
    func earlierDoubt() throws {
        let result = try ClientBench.deliver([.reply(.links("leslie"))], after: .linking)
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
        let result = try ClientBench.deliver([.reply(.links()), .reply(.created)], after: .linking)
        #expect(result.methods == ["GET", "POST"])
        #expect(try result.outcome.settlement().evidence == .reply)
    }

    @Test("a row in doubt stays so when its links cannot be read, and nothing is posted")
    func earlierDoubtUnread() throws {
        let result = try ClientBench.deliver(Array(repeating: .reply(.sample(500)), count: 3), after: .linking)
        #expect(result.methods == ["GET", "GET", "GET"])
        #expect(try result.outcome.settlement().state == .unsettled)
    }
}
