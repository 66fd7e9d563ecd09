import ImportTestKit
import Ledger
import PingOneAPI
import TestKit
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("The deletion of a link that a row names")
struct LinkDeletionTests {
    private static let none = ScriptedTransport.Step.reply(.links())

    private func known(_ state: LinkState) -> KnownLink {
        KnownLink(
            state: state,
            content: 0,
            attempts: 0,
            posts: 0,
            line: 2,
            isOfThisRun: false,
            row: 1,
            run: 1,
            updatedMilliseconds: 0
        )
    }

    private func deliver(
        _ steps: [ScriptedTransport.Step],
        known: KnownLink? = nil,
        isLastLook: Bool
    ) throws -> (outcome: DeliveryOutcome?, methods: [String]) {
        let bench = try ClientBench(ScriptedTransport(steps))
        let deletion = LinkDeletion(caller: bench.caller, session: bench.session)
        let outcome = deletion.deliver(.sample(), ofUser: SampleIDs.user(1), known: known, isLastLook: isLastLook)
        #expect(bench.wire.stepsLeft == 0)
        return (outcome, bench.wire.methods)
    }

    @Test("a link that is not seen is looked for once more, whatever an earlier run may have done to it")
    func late() throws {
        for state in [nil, LinkState.failed, .intended, .unsettled] {
            #expect(try deliver([Self.none], known: state.map(known), isLastLook: false).outcome == nil)
        }
    }

    @Test("a link that is not there at the last look was not there, or an earlier run has deleted it")
    func absent() throws {
        func state(_ known: KnownLink?) throws -> Settlement? {
            guard case .settled(let settlement) = try deliver([Self.none], known: known, isLastLook: true).outcome
            else { return nil }
            return settlement
        }
        #expect(try state(nil) == Settlement(state: .alreadyLinked, attempts: 1))
        #expect(try state(known(.failed)) == Settlement(state: .alreadyLinked, attempts: 1))
        #expect(try state(known(.intended)) == Settlement(state: .linked, evidence: .readBack, attempts: 1))
        #expect(try state(known(.unsettled)) == Settlement(state: .linked, evidence: .readBack, attempts: 1))
    }

    @Test("nothing is deleted where the links cannot be read")
    func unreadable() throws {
        let (outcome, methods) = try deliver(
            Array(repeating: .reply(.sample(500)), count: 3),
            isLastLook: false
        )
        guard case .settled(let settlement) = outcome else {
            Issue.record("not settled")
            return
        }
        #expect(settlement.state == .failed)
        #expect(methods == ["GET", "GET", "GET"])
    }
}
