import ImportTestKit
import Ledger
import Pacing
import PingOneSimulator
import TestKit
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("An undoing that is refused", .serialized)
struct UndoRefusalTests {
    @Test(
        "401 or 403 for everything: exit 77, nothing is undone, and every row is linked as before",
        arguments: [401, 403]
    )
    func denied(status: Int) async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(SampleCSV.rows(1...30))
        let before = try bench.ledgerRows
        var settings = SimulatorSettings()
        settings.deny = status
        try bench.simulator.change(to: settings)
        let result = try await bench.undo()
        #expect(result.report.exitCode == 77)
        #expect(bench.deletions.count == (status == 401 ? 0 : 1))
        #expect(result.report.counts == UndoRun.Counts(undone: 0, kept: status == 401 ? 0 : 1, unsettled: 0))
        #expect(result.report.unsent == (status == 401 ? 30 : 29))
        if status == 403 {
            #expect(
                result.report.stop?.message
                    == "PingOne forbids removing links (HTTP 403 ACCESS_FAILED, INSUFFICIENT_PERMISSIONS, the first row). "
                    + "Give the worker application the Identity Data Admin role for these users, then run again."
            )
        }
        #expect(try bench.ledgerRows.map(\.state) == before.map(\.state))
        #expect(try bench.ledgerRows.map(\.errorCode) == before.map(\.errorCode))
        await bench.simulator.stop()
    }

    @Test("links that PingOne refuses to remove stay linked, exit 1, and the next call removes them")
    func refused() async throws {
        let bench = try await ImportBench()
        let simulator = bench.simulator
        _ = try await bench.run(SampleCSV.rows(1...10))
        var denying = SimulatorSettings()
        denying.deny = 403
        let refusing = denying
        let result = try await bench.undo {
            $0.workers = 1
            // The environment is the first request.
            $0.beforeSending = { if $0 == 6 { try? simulator.change(to: refusing) } }
        }
        #expect(result.report.counts == UndoRun.Counts(undone: 4, kept: 6, unsettled: 0))
        #expect(result.report.exitCode == 1)
        #expect(result.report.stop == nil)
        guard case .rowStandsOut(line: 6, as: "not removed", let problem?) = try #require(result.events.first) else {
            Issue.record("\(result.events)")
            return
        }
        #expect(problem.summary == "HTTP 403 ACCESS_FAILED, INSUFFICIENT_PERMISSIONS")
        try bench.expectTruth()
        #expect(try bench.ledgerCounts() == [.undone: 4, .linked: 6])
        try bench.simulator.change(to: SimulatorSettings())
        let rest = try await bench.undo()
        #expect(rest.report.counts.undone == 6)
        #expect(bench.simulator.links.isEmpty)
        await bench.simulator.stop()
    }

    @Test("403 for 20 in a row ends it with 77")
    func forbiddenMidway() async throws {
        let bench = try await ImportBench()
        let simulator = bench.simulator
        _ = try await bench.run(SampleCSV.rows(1...60))
        var denying = SimulatorSettings()
        denying.deny = 403
        let refusing = denying
        let result = try await bench.undo {
            $0.workers = 1
            $0.beforeSending = { if $0 == 12 { try? simulator.change(to: refusing) } }
        }
        #expect(result.report.counts == UndoRun.Counts(undone: 10, kept: 20, unsettled: 0))
        #expect(result.report.unsent == 30)
        #expect(result.report.exitCode == 77)
        try bench.expectTruth()
        #expect(try bench.ledgerCounts() == [.undone: 10, .linked: 50])
        await bench.simulator.stop()
    }

    @Test("the breaker ends a hopeless undoing with 69")
    func breaker() async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(SampleCSV.rows(1...40))
        var settings = SimulatorSettings()
        settings.faults = try FaultPlan("500=1,only=DELETE")
        try bench.simulator.change(to: settings)
        let result = try await bench.undo {
            $0.workers = 1
            $0.breaker = Breaker(.count(3))
        }
        #expect(result.report.exitCode == 69)
        #expect(result.report.counts == UndoRun.Counts(undone: 0, kept: 0, unsettled: 3))
        #expect(result.report.unsent == 37)
        #expect(try bench.ledgerCounts() == [.unsettled: 3, .linked: 37])
        try bench.simulator.change(to: SimulatorSettings())
        let rest = try await bench.undo()
        #expect(rest.report.counts.undone == 40)
        #expect(try bench.ledgerCounts() == [.undone: 40])
        await bench.simulator.stop()
    }

    @Test("an environment that PingOne does not know: nothing is removed, exit 78")
    func unknownEnvironment() async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(SampleCSV.rows(1...3))
        let result = try await bench.undo { $0.environment = SampleIDs.user(7) }
        #expect(result.report.exitCode == 78)
        #expect(bench.deletions.isEmpty)
        try bench.expectTruth()
        await bench.simulator.stop()
    }
}
