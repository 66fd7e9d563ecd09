import HTTPTransport
import ImportTestKit
import Ledger
import Pacing
import PingOneAPI
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("Answers that are about the token, the pace or the connection, not about the row")
struct DeliveryPaceTests {
    @Test("a 401 gets a new token, once")
    func unauthorizedOnce() throws {
        let result = try ClientBench.deliver([.reply(.sample(401)), .reply(.created)])
        let tokens = result.bench.wire.requests.map { $0.headers.last?.value }
        #expect(tokens == ["Bearer token-1", "Bearer token-2"])
        let settled = try result.outcome.settlement()
        #expect(settled.attempts == 1)
        #expect(settled.posts == 2)
    }

    @Test("a second 401 stops the run, and the row is as if it had never been taken")
    func unauthorizedTwice() throws {
        let result = try ClientBench.deliver([
            .reply(.problem(401, "INVALID_TOKEN")), .reply(.problem(401, "INVALID_TOKEN")),
        ])
        #expect(result.outcome == .withdrawn)
        #expect(result.bench.control.reason?.exitCode == 77)
        #expect(
            result.bench.control.reason?.message
                == "PingOne refuses the access token, a fresh one too (HTTP 401 INVALID_TOKEN). "
                + "One in PINGONE_ACCESS_TOKEN is never renewed and may have expired; else check that token, region and "
                + "environment belong together."
        )
    }

    @Test("429 waits as long as it says and uses up no attempt")
    func throttled() throws {
        let step = ScriptedTransport.Step.reply(.sample(429, headers: ["Retry-After": "3"]))
        let result = try ClientBench.deliver(Array(repeating: step, count: 10) + [.reply(.created)], attempts: 1)
        let settled = try result.outcome.settlement()
        #expect(settled.state == .linked)
        #expect(settled.attempts == 1)
        #expect(settled.posts == 11)
        #expect(result.bench.time.waits.reduce(.zero, +) >= .seconds(30))
        #expect(result.bench.session.requestCounts == (11, 10))
    }

    @Test("429 without Retry-After waits too and uses up no attempt")
    func throttledWithoutRetryAfter() throws {
        let result = try ClientBench.deliver(
            Array(repeating: .reply(.sample(429)), count: 4) + [.reply(.created)],
            attempts: 1
        )
        #expect(try result.outcome.settlement().state == .linked)
    }

    @Test("a pause longer than is permitted stops the run")
    func pauseTooLong() throws {
        let result = try ClientBench.deliver([.reply(.sample(429, headers: ["Retry-After": "301"]))])
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
        let result = try ClientBench.deliver(
            [.reply(answer), .reply(.links()), .reply(answer), .reply(.links()), .reply(.created)],
            attempts: 1
        )
        #expect(result.methods == ["POST", "GET", "POST", "GET", "POST"])
        #expect(try result.outcome.settlement().attempts == 1)
        #expect(result.bench.time.waits.reduce(.zero, +) >= .seconds(4))
    }

    @Test("503 with Retry-After to the read-back itself is waited for as well")
    func unavailableReading() throws {
        let answer = HTTPResponse.sample(503, headers: ["Retry-After": "2"])
        let result = try ClientBench.deliver(
            [.failure(.inDoubt(reason: "reset"))] + Array(repeating: .reply(answer), count: 4)
                + [.reply(.links("leslie"))],
            attempts: 1
        )
        #expect(try result.outcome.settlement().evidence == .readBack)
    }

    @Test("a certificate that is refused stops the run")
    func certificate() throws {
        let result = try ClientBench.deliver([.failure(.certificate(reason: "expired"))])
        #expect(result.outcome == .withdrawn)
        #expect(result.bench.control.reason == .certificate(reason: "expired"))
    }
}
