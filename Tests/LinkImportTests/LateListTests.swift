import Ledger
import Pacing
import PingOneSimulator
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("Lists of links that are late", .serialized)
struct LateListTests {
    /// The simulator's clock is the machine's, the run's is 200 times as fast: 2 s for the run.
    private static let lag = Duration.milliseconds(10)

    private func bench(_ faults: String, seed: UInt64) async throws -> ImportBench {
        var configuration = SimulatorConfiguration()
        configuration.seed = seed
        configuration.settings.faults = try FaultPlan(faults)
        configuration.settings.listLag = Self.lag
        return try await ImportBench(configuration)
    }

    @Test(
        "no row is rejected, and the next run settles what this one could not",
        arguments: 1...6 as ClosedRange<UInt64>
    )
    func imports(seed: UInt64) async throws {
        let bench = try await bench("apply-then-500=0.4,apply-then-reset=0.2,only=POST", seed: seed)
        let first = try await bench.run(SampleCSV.rows(1...60))
        #expect(first.counts.rejected == 0)
        #expect(bench.blindPosts == [])
        var quiet = SimulatorSettings()
        quiet.listLag = Self.lag
        try bench.simulator.change(to: quiet)
        let second = try await bench.run(SampleCSV.rows(1...60)) { $0.runID = "run-2" }
        #expect(second.report.exitCode == 0)
        let rows = try bench.ledgerRows
        #expect(rows.allSatisfy { $0.state == .linked }, "each link is this ledger's own")
        #expect(bench.simulator.links.count == 60)
        await bench.simulator.stop()
    }

    @Test("a verification right after the import finds everything")
    func verifies() async throws {
        let bench = try await bench("", seed: 1)
        _ = try await bench.run(SampleCSV.rows(1...30))
        let verified = try await bench.verify()
        #expect(verified.report.counts.filter { $0.value > 0 } == [.match: 30])
        #expect(verified.events == [])
        await bench.simulator.stop()
    }

    @Test("an import that settles an undo takes no late list for a proof", arguments: [false, true])
    func settlesUndo(isCarriedOut: Bool) async throws {
        let bench = try await bench("", seed: 1)
        _ = try await bench.run(SampleCSV.rows([1]))
        var settings = SimulatorSettings()
        settings.listLag = Self.lag
        settings.faults = try FaultPlan((isCarriedOut ? "apply-then-500" : "500") + "=1,only=DELETE")
        try bench.simulator.change(to: settings)
        #expect(try await bench.undo { $0.breaker = Breaker(.count(1000)) }.report.counts.unsettled == 1)
        _ = try await bench.run(SampleCSV.rows([1])) { $0.runID = "run-2" }
        #expect(try bench.ledgerRows.map(\.state) == [isCarriedOut ? .undone : .linked])
        #expect(bench.simulator.links.count == (isCarriedOut ? 0 : 1))
        await bench.simulator.stop()
    }
}
