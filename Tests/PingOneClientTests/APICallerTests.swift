import HTTPTransport
import ImportTestKit
import PingOneAPI
import Testing

@testable import PingOneClient

@Suite("APICaller, where a row may be taken by others")
struct APICallerTests {
    /// Sends one request, each look whether it may leave answered in turn.
    private func send(_ answers: SendPermission..., steps: [ScriptedTransport.Step]) throws -> (
        sent: APICaller.Sent, bench: ClientBench<ScriptedTransport>
    ) {
        let bench = try ClientBench(ScriptedTransport(steps))
        let caller = bench.caller
        var answers = answers
        caller.permission = { answers.count > 1 ? answers.removeFirst() : answers[0] }
        return (caller.send(bench.session.calls.readEnvironment(), isRepeatable: false), bench)
    }

    @Test("a request leaves when the row is still this process's at the last moment")
    func granted() throws {
        let (sent, bench) = try send(.granted, steps: [.reply(.environment)])
        #expect(sent.times == 1)
        #expect(bench.session.requestCounts.requests == 1)
        #expect(bench.wire.requests.count == 1)
    }

    @Test("a row that is another's by then is not sent, and counts as no request")
    func refused() throws {
        let (sent, bench) = try send(.granted, .refused, steps: [])
        guard case .stopped = sent.answer else {
            Issue.record("\(sent.answer)")
            return
        }
        #expect(sent.times == 0)
        #expect(bench.session.requestCounts.requests == 0)
        #expect(bench.wire.requests.isEmpty)
    }

    @Test("one that may not leave just then waits, and leaves later")
    func later() throws {
        let (sent, bench) = try send(.granted, .wait, .wait, .granted, steps: [.reply(.environment)])
        #expect(sent.times == 1)
        #expect(bench.wire.requests.count == 1)
        #expect(bench.time.waits.contains(.milliseconds(50)))
    }
}
