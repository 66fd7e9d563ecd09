import HTTPTransport
import ImportTestKit
import Ledger
import PingOneClient
import PingOneSimulator
import TestKit
import Testing

@testable import LinkImport
@testable import LinkRows

/// One case after the other: each has a server, a gateway and an import of its own.
@Suite("Every fault, at every moment, for every call", .serialized)
struct FaultMatrixTests {
    @Test("typical faults at every moment", arguments: FaultCase.everyMoment)
    func moments(fault: FaultCase) async throws {
        try await check(fault)
    }

    @Test("all other faults in the middle", arguments: FaultCase.everyFault)
    func kinds(fault: FaultCase) async throws {
        try await check(fault)
    }

    private func check(_ fault: FaultCase) async throws {
        let bench = try await ImportBench()
        let control = RunControl()
        let ambush = Ambush(fault, control: control)
        let gateway = FaultyGateway(to: bench.simulator.authURL) { try ambush.reply(to: $0, $1) }
        let result = try await bench.run(SampleCSV.rows(1...FaultCase.rows)) {
            $0.workers = fault.hasCompanion ? 2 : 1
            $0.control = control
            $0.server = gateway.url
            $0.time = JumpingTime()
            $0.wire = { ambush.marking($0) }
        }
        gateway.stop()
        #expect(ambush.hasHappened)

        let rows = try bench.ledgerRows
        let row = rows.first { $0.userID == SampleIDs.user(fault.row) }
        #expect(
            FaultCase.Ending(
                state: row?.state,
                evidence: row?.evidence,
                posts: row?.posts ?? 0,
                exitCode: result.report.exitCode
            ) == fault.ending
        )
        #expect(rows.allSatisfy { $0.line == fault.row + 1 || $0.evidence == .reply })
        if [0, 1].contains(fault.ending.exitCode) {
            #expect(rows.count == FaultCase.rows)
            #expect(result.report.stop == nil)
        }
        try bench.expectAgreement(result)

        let calls = ambush.exchanges.filter { !$0.request.isForToken }
        #expect(PostRule.violations(in: calls) == [])
        #expect(result.counts.requests == calls.count)
        #expect(result.counts.throttled == calls.count { (try? $0.outcome.get())?.status == 429 })
        if fault.call == .token, ![0, 1].contains(fault.ending.exitCode) {
            #expect(ambush.exchanges.count - calls.count == (fault.moment == .firstRow ? 1 : 2))
        }
        await bench.simulator.stop()
    }
}
