import HTTPTransport
import ImportTestKit
import Pacing
import PingOneAPI
import Synchronization
import TestKit
import Testing

@testable import PingOneClient

@Suite("A call that may be sent more than once")
struct RepeatableCallTests {
    private static let base = "https://api.pingone.com/v1/environments/\(SampleIDs.environment)"

    private func bench(_ steps: [ScriptedTransport.Step]) throws -> ClientBench<ScriptedTransport> {
        try ClientBench(ScriptedTransport(steps))
    }

    private func send(_ bench: ClientBench<ScriptedTransport>) -> RepeatableCall.Outcome<Int> {
        RepeatableCall(caller: bench.caller, session: bench.session, tries: 3)
            .send(bench.session.calls.readEnvironment()) { $0.body.isEmpty ? nil : $0.body.count }
    }

    /// A list whose pages are `TEXT` or `TEXT>NEXT`.
    private func list(_ bench: ClientBench<ScriptedTransport>) -> RepeatableCall.Outcome<[String]> {
        RepeatableCall(caller: bench.caller, session: bench.session, tries: 3)
            .list(from: bench.session.calls.readEnvironment()) { response in
                let parts = String(decoding: response.body, as: UTF8.self).split(separator: ">").map(String.init)
                return parts.first.map { (page: $0, next: parts.count > 1 ? "\(Self.base)/\(parts[1])" : nil) }
            }
    }

    @Test("what fails is sent again, after a wait each time")
    func trouble() throws {
        let bench = try bench([.failure(.inDoubt(reason: "reset")), .reply(.sample(500)), .reply(.sample(200, "abc"))])
        guard case .found(3) = send(bench) else {
            Issue.record("not found")
            return
        }
        #expect(bench.wire.stepsLeft == 0)
        #expect(bench.time.waits.count >= 2)
    }

    @Test("an answer that cannot be read is a failure, and the last one is told")
    func unreadable() throws {
        let bench = try bench([.reply(.sample(500)), .reply(.sample(408)), .reply(.sample(200))])
        guard case .failed(let problem) = send(bench) else {
            Issue.record("not failed")
            return
        }
        #expect(problem == RowProblem(httpStatus: 200, code: "UNREADABLE_ANSWER"))
        #expect(problem.reason == "HTTP 200 UNREADABLE_ANSWER")
        #expect(bench.wire.stepsLeft == 0)
    }

    @Test("a no is a no", arguments: [301, 400, 403, 404])
    func refused(status: Int) throws {
        let bench = try bench([.reply(.problem(status, "SOME_CODE"))])
        guard case .refused(let problem, after: nil) = send(bench) else {
            Issue.record("not refused")
            return
        }
        #expect(problem == APIProblem(status: status, code: "SOME_CODE", id: "e-1"))
        #expect(bench.wire.stepsLeft == 0)
    }

    @Test("a pause that goes on while others are answered is waited for as long as may be waited, then it is a failure")
    func endlessPause() throws {
        let page = ScriptedTransport.Step.reply(.sample(503, "<html></html>", headers: ["Retry-After": "100"]))
        let time = JumpingTime()
        let others = Mutex<APISession?>(nil)
        let wire = ScriptedTransport(Array(repeating: page, count: 12)) { _ in
            others.withLock { $0?.note(.answered(latency: .milliseconds(5)), sentAt: time.now) }
        }
        let bench = try ClientBench(wire, time: time)
        others.withLock { $0 = bench.session }
        guard case .failed(RowProblem(httpStatus: 503)) = send(bench) else {
            Issue.record("not failed")
            return
        }
        // 300 s for each of three tries.
        #expect(bench.wire.stepsLeft == 0)
    }

    @Test("of several failures, one that may have been carried out is told")
    func worst() throws {
        let bench = try bench([
            .failure(.neverSent(reason: "no route")), .failure(.inDoubt(reason: "reset")),
            .failure(.neverSent(reason: "no route")),
        ])
        guard case .failed(let problem) = send(bench) else {
            Issue.record("not failed")
            return
        }
        #expect(problem == RowProblem(code: "NO_ANSWER", detail: "reset"))
        #expect(!problem.neverLeft)

        let refusing = try self.bench([.failure(.inDoubt(reason: "reset")), .reply(.problem(403, "ACCESS_FAILED"))])
        guard case .refused(APIProblem(status: 403, code: "ACCESS_FAILED", id: "e-1"), after: problem) = send(refusing)
        else {
            Issue.record("not refused")
            return
        }
    }

    @Test("the end of the run is told with what was met before it")
    func stopped() throws {
        let idle = try bench([])
        idle.control.stop(.signal(15))
        guard case .stopped(after: nil) = send(idle) else {
            Issue.record("not stopped")
            return
        }
        let busy = try bench([.reply(.sample(500)), .reply(.sample(401)), .reply(.sample(401))])
        guard case .stopped(after: RowProblem(httpStatus: 500)) = send(busy) else {
            Issue.record("not stopped")
            return
        }
        #expect(busy.wire.stepsLeft == 0)
    }

    @Test("a list is read page by page")
    func pages() throws {
        let bench = try bench([.reply(.sample(200, "a>2")), .reply(.sample(200, "b>3")), .reply(.sample(200, "c"))])
        guard case .found(["a", "b", "c"]) = list(bench) else {
            Issue.record("not found")
            return
        }
        #expect(bench.wire.requests.map(\.url) == [Self.base, "\(Self.base)/2", "\(Self.base)/3"])
    }

    @Test("a page that fails begins the list anew")
    func again() throws {
        let bench = try bench([
            .reply(.sample(200, "a>2")), .reply(.sample(503)), .reply(.sample(200, "b>2")), .reply(.sample(200, "c")),
        ])
        guard case .found(["b", "c"]) = list(bench) else {
            Issue.record("not found")
            return
        }
        #expect(bench.wire.requests.map(\.url) == [Self.base, "\(Self.base)/2", Self.base, "\(Self.base)/2"])
    }

    @Test("a list that goes in circles is none")
    func circle() throws {
        let bench = try bench(
            Array(repeating: [.reply(.sample(200, "a>2")), .reply(.sample(200, "b>2"))], count: 3).flatMap(\.self)
        )
        guard case .failed(RowProblem(httpStatus: 200, code: "UNREADABLE_ANSWER")) = list(bench) else {
            Issue.record("not failed")
            return
        }
        #expect(bench.wire.stepsLeft == 0)
    }
}
