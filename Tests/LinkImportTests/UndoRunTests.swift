import Ledger
import Pacing
import PingOneSimulator
import SQLiteLedger
import TestKit
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("Removing what a ledger's runs have made", .serialized)
struct UndoRunTests {
    /// A ledger with users 1 to 3 already-linked by another ledger, and users 4 to 10 linked by its own.
    private func tenRows() async throws -> (bench: ImportBench, strangers: Set<String>) {
        let bench = try await ImportBench()
        _ = try await ImportBench(bench.simulator).run(SampleCSV.rows(1...3))
        let strangers = Set(bench.simulator.links.map(\.linkedAccountID))
        _ = try await bench.run(SampleCSV.rows(1...10))
        return (bench, strangers)
    }

    @Test("deletes the links of linked rows by their ids, and nothing else")
    func everything() async throws {
        let (bench, strangers) = try await tenRows()
        let before = try bench.ledgerRows
        let result = try await bench.undo { $0.runID = "undo-1" }
        #expect(result.report.counts == UndoRun.Counts(undone: 7, kept: 0, unsettled: 0))
        #expect(result.report.links == 7)
        #expect(result.report.leftOut == 0)
        #expect(result.report.unsent == 0)
        #expect(result.report.exitCode == 0)
        #expect(result.report.requests == 8)
        #expect(Set(bench.simulator.links.map(\.linkedAccountID)) == strangers)
        #expect(bench.deletions.count == 7)
        #expect(result.events == [])
        try bench.expectTruth()

        var expected = before
        for index in 3..<10 { expected[index].state = .undone }
        let after = try bench.ledgerRows
        #expect(after.map(\.state) == expected.map(\.state))
        #expect(after.map(\.evidence) == before.map(\.evidence), "what is undone was once done")
        #expect(after.map(\.runID) == before.map(\.runID))
        #expect(after.map(\.linkedAccountID) == before.map(\.linkedAccountID))
        #expect(after.map(\.errorCode).allSatisfy { $0 == nil })

        let run = try #require(try SQLiteLedgerReader(path: bench.ledgerPath).runs().last)
        #expect(run.runID == "undo-1")
        #expect(run.source == "undo")
        #expect(run.rows == 7)
        #expect(run.exitCode == 0)
        #expect(run.endedAt != nil)
        await bench.simulator.stop()
    }

    @Test("a second time there is nothing left to remove, and an import leaves the rows out until it is told otherwise")
    func twice() async throws {
        let (bench, _) = try await tenRows()
        _ = try await bench.undo()
        let again = try await bench.undo()
        #expect(again.report.links == 0)
        #expect(again.report.exitCode == 0)
        #expect(bench.deletions.count == 7)

        let skipped = try await bench.run(SampleCSV.rows(1...10)) { $0.runID = "run-2" }
        #expect(skipped.counts.skipped == 10)
        let linked = try await bench.run(SampleCSV.rows(1...10)) {
            $0.runID = "run-3"
            $0.resume = ResumePolicy(retrying: [.undone])
        }
        #expect(linked.counts.linked == 7)
        #expect(bench.simulator.links.count == 10)
        try bench.expectTruth()
        await bench.simulator.stop()
    }

    @Test("with a run's id, only the links of that run")
    func oneRun() async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(SampleCSV.rows(1...4))
        _ = try await bench.run(SampleCSV.rows(1...10)) { $0.runID = "run-2" }
        let result = try await bench.undo(ofRun: "run-1")
        #expect(result.report.counts.undone == 4)
        #expect(
            try bench.ledgerRows.map(\.state) == Array(repeating: .undone, count: 4)
                + Array(repeating: .linked, count: 6)
        )
        #expect(bench.simulator.links.count == 6)
        try bench.expectTruth()
        await bench.simulator.stop()
    }

    @Test("links known from a read-back only stay, are counted, and go when that is asked for")
    func readBack() async throws {
        var configuration = SimulatorConfiguration()
        configuration.settings.faults = try FaultPlan("apply-then-500=1,only=POST")
        let bench = try await ImportBench(configuration)
        _ = try await bench.run(SampleCSV.rows(1...4)) { $0.breaker = Breaker(.count(1000)) }
        try bench.simulator.change(to: SimulatorSettings())
        _ = try await bench.run(SampleCSV.rows(1...6)) { $0.runID = "run-2" }
        #expect(try bench.ledgerRows.map(\.evidence).filter { $0 == .readBack }.count == 4)

        let careful = try await bench.undo()
        #expect(careful.report.links == 2)
        #expect(careful.report.leftOut == 4)
        #expect(careful.report.exitCode == 0)
        #expect(bench.simulator.links.count == 4)
        let all = try await bench.undo(includesReadBack: true)
        #expect(all.report.counts.undone == 4)
        #expect(all.report.leftOut == 0)
        #expect(bench.simulator.links.isEmpty)
        try bench.expectTruth()
        await bench.simulator.stop()
    }

    @Test("a link that somebody removed counts as undone, one that somebody made anew has another id and stays")
    func behindItsBack() async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(SampleCSV.rows(1...5))
        let removed = [SampleIDs.user(1), SampleIDs.user(2)]
        for link in bench.simulator.links where removed.contains(link.userID) {
            bench.simulator.removeLink(link.linkedAccountID)
        }
        _ = try await ImportBench(bench.simulator).run(SampleCSV.rows([2]))
        let result = try await bench.undo()
        #expect(result.report.counts.undone == 5)
        #expect(result.report.exitCode == 0)
        #expect(bench.simulator.links.map(\.userID) == [SampleIDs.user(2)])
        try bench.expectTruth()
        await bench.simulator.stop()
    }

    @Test(
        "whatever goes wrong on the way, all is undone in the end",
        arguments: [
            "apply-then-reset=0.5", "reset-before=0.5", "apply-then-500=0.5", "500=0.5", "503=0.5", "429=0.5",
            "truncated=0.5", "broken-json=0.5", "apply-then-reset=0.2,500=0.2,503=0.2,429=0.2",
        ]
    )
    func faults(plan: String) async throws {
        let (bench, strangers) = try await tenRows()
        var settings = SimulatorSettings()
        settings.faults = try FaultPlan(plan + ",only=DELETE")
        try bench.simulator.change(to: settings)
        var result = try await bench.undo()
        try bench.expectTruth()
        if result.report.exitCode == 1 {  // chance may use up all attempts for a link
            try bench.simulator.change(to: SimulatorSettings())
            result = try await bench.undo()
        }
        #expect(result.report.exitCode == 0)
        #expect(Set(bench.simulator.links.map(\.linkedAccountID)) == strangers)
        #expect(try bench.ledgerCounts() == [.undone: 7, .alreadyLinked: 3])
        try bench.expectTruth()
        await bench.simulator.stop()
    }

    @Test("tokens that lose their worth in the middle are renewed")
    func revokedTokens() async throws {
        let (bench, _) = try await tenRows()
        let simulator = bench.simulator
        let result = try await bench.undo { $0.beforeSending = { if $0 == 4 { simulator.revokeTokens() } } }
        #expect(result.report.counts.undone == 7)
        await bench.simulator.stop()
    }
}
