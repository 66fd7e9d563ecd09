import HTTPTransport
import ImportTestKit
import Ledger
import Pacing
import PingOneAPI
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("A run that ends while a row is under way")
struct DeliveryStopTests {
    @Test(
        "before its first turn, the row was never taken",
        arguments: [
            nil, .linking, .refusedLinking, .undoing(linkedAccountID: "link-1"),
        ] as [LinkDelivery.Doubt?]
    )
    func before(doubt: LinkDelivery.Doubt?) throws {
        let bench = try ClientBench(ScriptedTransport([]))
        bench.control.stop(.signal(15))
        #expect(bench.deliver(after: doubt) == .withdrawn)
    }

    /// Stops the run while the n-th request is under way.
    private func bench(
        stoppingIn number: Int,
        _ steps: [ScriptedTransport.Step]
    ) throws -> ClientBench<ScriptedTransport> {
        let control = RunControl()
        let wire = ScriptedTransport(steps) { if $0 == number { control.stop(.signal(15)) } }
        return try ClientBench(wire, control: control)
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
        let bench = try ClientBench(
            ScriptedTransport([.reply(.problem(500, "UNEXPECTED_ERROR"))]),
            control: control,
            time: time
        )
        #expect(
            bench.deliver()
                == .settled(
                    Settlement(
                        state: .unsettled,
                        doubt: .linking,
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
        let outcome = bench.deliver(after: .linking)
        if outcome != .withdrawn { #expect(try outcome.settlement().state == .unsettled) }
        #expect(bench.wire.methods == ["GET"])
    }
}
