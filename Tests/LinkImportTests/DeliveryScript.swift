import HTTPTransport
import ImportTestKit
import Ledger
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

extension ClientBench<ScriptedTransport> {
    /// Delivers one row with this script, all of which must be used, and checks the rule about repeated POSTs.
    static func deliver(
        _ steps: [ScriptedTransport.Step],
        attempts: Int = 3,
        after doubt: LinkDelivery.Doubt? = nil
    ) throws -> (outcome: DeliveryOutcome, methods: [String], bench: ClientBench<ScriptedTransport>) {
        let bench = try ClientBench(ScriptedTransport(steps), attempts: attempts)
        let outcome = bench.deliver(after: doubt)
        #expect(bench.wire.stepsLeft == 0, "the script was not used up")
        #expect(PostRule.violations(in: bench.wire.exchanges, startingInDoubt: doubt != nil) == [])
        return (outcome, bench.wire.methods, bench)
    }
}

extension DeliveryOutcome {
    /// Fails the test for a row that was not settled.
    func settlement() throws -> Settlement {
        guard case .settled(let settlement) = self else { throw NotSettled() }
        return settlement
    }

    private struct NotSettled: Error {}
}
