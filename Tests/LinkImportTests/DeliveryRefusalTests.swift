import HTTPTransport
import ImportTestKit
import Ledger
import Pacing
import PingOneAPI
import Testing

@testable import LinkImport

@Suite("What becomes of a row that PingOne refuses")
struct DeliveryRefusalTests {
    private static let conflicts: [HTTPResponse] = [
        .problem(400, "INVALID_DATA", detail: "UNIQUENESS_VIOLATION"), .problem(409, "CONFLICT"),
    ]

    @Test("a conflict whose link is there is already-linked", arguments: conflicts)
    func alreadyLinked(conflict: HTTPResponse) throws {
        let result = try DeliveryBench.deliver([.reply(conflict), .reply(.links("leslie"))])
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
        let result = try DeliveryBench.deliver([
            .failure(.inDoubt(reason: "reset")), .reply(.links()), .reply(conflict), .reply(.links("leslie")),
        ])
        let settled = try result.outcome.settlement()
        #expect(settled.state == .linked)
        #expect(settled.evidence == .readBack)
    }

    @Test("a conflict whose link is not there is rejected")
    func conflictElsewhere() throws {
        let result = try DeliveryBench.deliver([.reply(Self.conflicts[0]), .reply(.links("other"))])
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
        let result = try DeliveryBench.deliver(
            [.reply(Self.conflicts[1])] + Array(repeating: .reply(.sample(502)), count: 3)
        )
        let settled = try result.outcome.settlement()
        #expect(settled.state == .unsettled)
        #expect(settled.httpStatus == 502)
        #expect(settled.errorCode == RowProblem.refusedUnread)
    }

    @Test("a link that is found after such a conflict is not ours")
    func conflictReadLater() throws {
        let bench = try DeliveryBench(ScriptedTransport([.reply(.links("leslie"))]))
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
        let result = try DeliveryBench.deliver([.reply(answer)])
        let settled = try result.outcome.settlement()
        #expect(settled.state == .rejected)
        #expect(settled.httpStatus == status)
        #expect(settled.errorCode == "SOME_CODE")
    }
}
