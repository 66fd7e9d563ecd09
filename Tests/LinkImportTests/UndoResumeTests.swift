import Ledger
import PingOneSimulator
import TestKit
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("An undoing that ends at any moment", .serialized)
struct UndoResumeTests {
    private static let rows = 8
    private static let csv = SampleCSV.rows(1...rows)

    /// What goes wrong with DELETE meanwhile.
    private static let troubles = ["", "apply-then-500=0.4", "apply-then-reset=0.3,503=0.3", "500=0.3,429=0.3"]

    /// A ledger with user 1 already-linked and the others linked by it.
    private func bench(_ trouble: String, seed: UInt64) async throws -> ImportBench {
        var configuration = SimulatorConfiguration()
        configuration.seed = seed
        let bench = try await ImportBench(configuration)
        _ = try await ImportBench(bench.simulator).run(SampleCSV.rows([1]))
        _ = try await bench.run(Self.csv)
        var settings = SimulatorSettings()
        if !trouble.isEmpty { settings.faults = try FaultPlan(trouble + ",only=DELETE") }
        try bench.simulator.change(to: settings)
        return bench
    }

    private func expectAllUndone(_ bench: ImportBench) throws {
        #expect(try bench.ledgerCounts() == [.undone: Self.rows - 1, .alreadyLinked: 1])
        #expect(bench.simulator.links.map(\.userID) == [SampleIDs.user(1)])
        try bench.expectTruth()
    }

    @Test(
        "stopped at the n-th request and resumed, it ends as an unbroken one",
        arguments: [1, 2, 3, 4, 6, 8],
        troubles
    )
    func stopped(number: Int, trouble: String) async throws {
        let bench = try await bench(trouble, seed: UInt64(number))
        let control = RunControl()
        let first = try await bench.undo {
            $0.workers = 3
            $0.control = control
            $0.beforeSending = { if $0 == number { control.stop(.signal(15)) } }
        }
        try bench.expectTruth()
        let counts = try bench.ledgerCounts()
        #expect(counts[.undone] ?? 0 == first.report.counts.undone)
        #expect(counts[.unsettled] ?? 0 == first.report.counts.unsettled)
        #expect(counts[.linked] ?? 0 == first.report.counts.kept + first.report.unsent)

        // And once more before its first request: a doubt of the run before must stay one.
        let second = RunControl()
        _ = try await bench.undo {
            $0.control = second
            $0.beforeSending = { _ in second.stop(.signal(15)) }
        }
        try bench.expectTruth()
        #expect(try bench.ledgerCounts()[.unsettled] ?? 0 >= first.report.counts.unsettled)

        try bench.simulator.change(to: SimulatorSettings())
        let rest = try await bench.undo()
        #expect(rest.report.exitCode == 0)
        try expectAllUndone(bench)
        await bench.simulator.stop()
    }

    /// What ends an undoing that was killed.
    enum Next: String, CaseIterable {
        case undo
        case anImport = "import"
        case importAgain = "import --retry undone"
    }

    @Test(
        "killed when the n-th request was carried out, it is ended by either command",
        arguments: [2, 3, 4, 6, 8],
        Next.allCases
    )
    func killed(number: Int, next: Next) async throws {
        let bench = try await bench("apply-then-500=0.3", seed: UInt64(number))
        let image = LedgerImage(path: bench.ledgerPath)
        let control = RunControl()
        _ = try await bench.undo {
            $0.workers = 3
            $0.control = control
            $0.beforeSending = { if $0 == number { control.stop(.signal(15)); image.take() } }
        }
        guard try image.putBack() else { return }
        try bench.expectTruth()
        try bench.simulator.change(to: SimulatorSettings())
        switch next {
        case .undo:
            #expect(try await bench.undo().report.exitCode == 0)
            try expectAllUndone(bench)
        case .anImport:
            let there = bench.simulator.links.count
            let posts = bench.posts.count
            let result = try await bench.run(Self.csv) { $0.runID = "run-2" }
            #expect(result.counts.skipped == Self.rows, "nothing is linked that was removed")
            #expect(result.report.exitCode == (result.counts.undone > 0 ? 1 : 0), "what was removed is not linked")
            #expect(bench.posts.count == posts)
            #expect(try bench.ledgerCounts()[.unsettled] == nil)
            let linked = try bench.ledgerRows.filter { $0.state == .linked }
            #expect(linked.count == there - 1)
            #expect(linked.allSatisfy { $0.evidence == .reply && $0.runID == "run-1" && $0.errorCode == nil })
        case .importAgain:
            let result = try await bench.run(Self.csv) {
                $0.runID = "run-2"
                $0.resume = ResumePolicy(retrying: [.undone])
            }
            #expect(result.report.exitCode == 0)
            #expect(try bench.ledgerCounts() == [.linked: Self.rows - 1, .alreadyLinked: 1])
            #expect(try bench.ledgerRows.allSatisfy { $0.state == .alreadyLinked || $0.evidence == .reply })
            #expect(bench.simulator.links.count == Self.rows)
        }
        try bench.expectTruth()
        await bench.simulator.stop()
    }

    /// A ledger with one link whose removal is in doubt; it is still there.
    private func inDoubt() async throws -> ImportBench {
        let bench = try await ImportBench()
        _ = try await bench.run(SampleCSV.rows([1]))
        var settings = SimulatorSettings()
        settings.faults = try FaultPlan("500=1,only=DELETE")
        try bench.simulator.change(to: settings)
        let result = try await bench.undo()
        #expect(result.report.counts.unsettled == 1)
        #expect(result.report.exitCode == 1)
        try bench.simulator.change(to: SimulatorSettings())
        return bench
    }

    @Test("a link whose removal is in doubt and that somebody has made anew meanwhile is already-linked, and stays")
    func madeAnew() async throws {
        for retried in [[], [.undone]] as [Set<ResumePolicy.Retry>] {
            let bench = try await inDoubt()
            bench.simulator.removeLink(try #require(bench.simulator.links.first).linkedAccountID)
            _ = try await ImportBench(bench.simulator).run(SampleCSV.rows([1]))
            let result = try await bench.run(SampleCSV.rows([1])) {
                $0.runID = "run-2"
                $0.resume = ResumePolicy(retrying: retried)
            }
            #expect(result.counts.alreadyLinked == 1)
            #expect(try bench.ledgerRows.map(\.state) == [.alreadyLinked])
            #expect(try await bench.undo().report.links == 0)
            try bench.expectTruth()
            #expect(bench.simulator.links.count == 1)
            await bench.simulator.stop()
        }
    }

    @Test("a removal in doubt stays in doubt while nobody can read the user's links, and is neither linked nor sent")
    func unread() async throws {
        let bench = try await inDoubt()
        var settings = SimulatorSettings()
        settings.faults = try FaultPlan("500=1,only=GET")
        try bench.simulator.change(to: settings)
        for retried in [[], [.undone]] as [Set<ResumePolicy.Retry>] {
            let result = try await bench.run(SampleCSV.rows([1])) {
                $0.runID = "run-\(retried)"
                $0.resume = ResumePolicy(retrying: retried)
            }
            #expect(result.counts.unsettled == 1)
            #expect(result.report.exitCode == 1)
            #expect(bench.posts.count == 1)
            let row = try #require(try bench.ledgerRows.first)
            #expect(row.state == .unsettled)
            #expect(row.errorCode == "UNDO_UNSETTLED")
            #expect(row.runID == "run-1")
        }
        try bench.simulator.change(to: SimulatorSettings())
        #expect(try await bench.undo().report.counts.undone == 1)
        await bench.simulator.stop()
    }

    @Test("an import that is killed while it reads a removal in doubt leaves the doubt to the next undo")
    func importKilled() async throws {
        let bench = try await inDoubt()
        let image = LedgerImage(path: bench.ledgerPath)
        _ = try await bench.run(SampleCSV.rows([1])) {
            $0.runID = "run-2"
            $0.beforeSending = { number in if number == 3 { image.take() } }
        }
        #expect(try image.putBack())
        #expect(try bench.ledgerRows.map(\.state) == [.unsettled])
        #expect(try await bench.undo().report.counts.undone == 1)
        #expect(bench.simulator.links.isEmpty)
        try bench.expectTruth()
        await bench.simulator.stop()
    }

    @Test("an import that is killed when it has linked a removed row again knows the link for its own")
    func linkedAgainAndKilled() async throws {
        let bench = try await inDoubt()
        bench.simulator.removeLink(try #require(bench.simulator.links.first).linkedAccountID)
        let image = LedgerImage(path: bench.ledgerPath)
        let simulator = bench.simulator
        let requests = simulator.journal.count
        _ = try await bench.run(SampleCSV.rows([1])) {
            $0.runID = "run-2"
            $0.resume = ResumePolicy(retrying: [.undone])
            // Environment, identity provider, eight looks at the user's links, and now the POST.
            $0.beforeSending = { number in if number == 11 { image.take() } }
        }
        #expect(simulator.journal.dropFirst(requests).map(\.method) == Array(repeating: "GET", count: 10) + ["POST"])
        #expect(try image.putBack())
        #expect(try bench.ledgerRows.map(\.state) == [.intended])
        _ = try await bench.run(SampleCSV.rows([1])) { $0.runID = "run-3" }
        let row = try #require(try bench.ledgerRows.first)
        #expect(row.state == .linked)
        #expect(row.evidence == .readBack)
        #expect(row.linkedAccountID == simulator.links.first?.linkedAccountID)
        await bench.simulator.stop()
    }
}
