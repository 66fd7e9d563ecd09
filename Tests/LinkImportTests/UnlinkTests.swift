import Foundation
import ImportTestKit
import Ledger
import Pacing
import PingOneSimulator
import SQLiteLedger
import TestKit
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("unlink: the links that a file names", .serialized)
struct UnlinkTests {
    private func unlink(
        _ bench: ImportBench,
        _ csv: String,
        _ change: (inout ImportBench.Settings) -> Void = { _ in }
    ) async throws -> ImportBench.Result {
        try await bench.run(file: bench.folder.write("unlink.csv", csv)) {
            $0.kind = .unlinking
            $0.runID = "unlink-1"
            change(&$0)
        }
    }

    private func rows(_ bench: ImportBench) throws -> [ResultRow] {
        let reader = try SQLiteLedgerReader(path: bench.unlinkLedgerPath)
        defer { reader.close() }
        var rows: [ResultRow] = []
        try reader.forEachResult { rows.append($0) }
        return rows
    }

    private func accounts(_ bench: ImportBench) -> [String] { bench.simulator.links.map(\.externalID).sorted() }

    @Test("exactly the named links go; other links of the same users stay; the next run asks nothing")
    func exactly() async throws {
        let bench = try await ImportBench()
        let others = (1...20).map { "\(SampleIDs.user($0)),other-\($0)\n" }.joined()
        _ = try await bench.run(SampleCSV.rows(1...40) + others)
        let file = SampleCSV.rows(11...30) + "\(SampleIDs.user(1)),ACCOUNT-1\n"
        let result = try await unlink(bench, file)
        #expect(result.report.exitCode == 0)
        #expect(result.counts.linked == 20)
        #expect(result.counts.alreadyLinked == 1, "upper and lower case are two accounts")
        let left = (1...10).map { "account-\($0)" } + (31...40).map { "account-\($0)" } + (1...20).map { "other-\($0)" }
        #expect(accounts(bench) == left.sorted())
        let states = try rows(bench).map(\.stateWord)
        #expect(states.filter { $0 == "unlinked" }.count == 20)
        #expect(states.filter { $0 == "not-linked" }.count == 1)
        #expect(try rows(bench).filter { $0.state == .linked }.allSatisfy { $0.linkedAccountID != nil })

        let again = try await unlink(bench, file + "\n") { $0.runID = "unlink-2" }
        #expect(again.counts.skipped == 21)
        #expect(again.counts.requests == 0)
        #expect(again.report.exitCode == 0)
        await bench.simulator.stop()
    }

    @Test("a dry run counts and deletes nothing")
    func dry() async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(SampleCSV.rows(1...5))
        let result = try await unlink(bench, SampleCSV.rows(1...7)) { $0.isDryRun = true }
        #expect(result.counts.unsent == 7)
        #expect(bench.simulator.links.count == 5)
        #expect(!FileManager.default.fileExists(atPath: bench.unlinkLedgerPath))
        await bench.simulator.stop()
    }

    @Test("a link that the list does not show yet is found at the second look")
    func late() async throws {
        var configuration = SimulatorConfiguration()
        // The simulator's clock is the machine's, the run's is 200 times as fast: 2 s for the run.
        configuration.settings.listLag = .milliseconds(10)
        let bench = try await ImportBench(configuration)
        _ = try await bench.run(SampleCSV.rows(1...30))
        let result = try await unlink(bench, SampleCSV.rows(1...40))
        #expect(result.counts.linked == 30)
        #expect(result.counts.alreadyLinked == 10)
        #expect(bench.simulator.links.isEmpty)
        await bench.simulator.stop()
    }

    @Test("a user whom PingOne does not know is rejected, and tried again when that is asked for")
    func unknownUser() async throws {
        let folder = try TemporaryFolder()
        var configuration = SimulatorConfiguration()
        configuration.users = try withExtendedLifetime(folder) {
            try UserList(path: folder.write("users.txt", SampleIDs.user(1) + "\n"))
        }
        let bench = try await ImportBench(configuration)
        _ = try await bench.run(SampleCSV.rows([1]))
        let result = try await unlink(bench, SampleCSV.rows(1...2))
        #expect(result.counts.linked == 1)
        #expect(result.counts.rejected == 1)
        #expect(result.counts.notFound == 1)
        #expect(result.report.exitCode == 1)
        // The environment, the identity provider, and for each row the user's links, one of which is removed.
        #expect(result.counts.requests == 5)
        let quiet = try await unlink(bench, SampleCSV.rows(1...2)) { $0.runID = "unlink-2" }
        #expect(quiet.counts.rejected == 1)
        #expect(quiet.counts.requests == 0)
        let again = try await unlink(bench, SampleCSV.rows(1...2)) {
            $0.runID = "unlink-3"
            $0.resume = ResumePolicy(retrying: [.notFound])
        }
        #expect(again.counts.rejected == 1)
        #expect(again.counts.requests == 3)
        await bench.simulator.stop()
    }

    @Test(
        "whatever is lost or refused on the way, ledger and server agree, and the next run ends it",
        arguments: [
            "apply-then-500=0.5,only=DELETE", "apply-then-reset=0.5,only=DELETE", "500=0.5", "429=0.3",
            "reset-before=0.4,only=GET",
        ]
    )
    func faults(plan: String) async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(SampleCSV.rows(1...60))
        var settings = SimulatorSettings()
        settings.faults = try FaultPlan(plan)
        try bench.simulator.change(to: settings)
        let first = try await unlink(bench, SampleCSV.rows(1...60))
        #expect(first.counts.done == 60)
        let gone = try rows(bench).filter { $0.state == .linked }.compactMap(\.externalID)
        #expect(Set(gone).isDisjoint(with: accounts(bench)))
        try bench.simulator.change(to: SimulatorSettings())
        let second = try await unlink(bench, SampleCSV.rows(1...60)) { $0.runID = "unlink-2" }
        #expect(second.report.exitCode == 0)
        #expect(bench.simulator.links.isEmpty)
        #expect(try rows(bench).allSatisfy { $0.stateWord == "unlinked" })
        await bench.simulator.stop()
    }

    @Test("a row that a killed run may have unlinked is unlinked when its link is gone")
    func killed() async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(SampleCSV.rows(1...2))
        // Both intents are on disk; one DELETE was carried out.
        let ledger = try SQLiteLedger.open(at: bench.unlinkLedgerPath, now: { Date() })
        try ledger.beginRun(RunStart(.unlinking, id: "killed", source: "unlink.csv", inputName: "in.csv"))
        let candidates = (1...2).map { number in
            let key = LinkKey(
                environment: SampleIDs.environment,
                userID: SampleIDs.user(number),
                identityProviderID: SampleIDs.provider,
                externalID: "account-\(number)"
            )
            return Candidate(key: key, line: number + 1, content: 0)
        }
        #expect(try ledger.admit(candidates) { _, _ in true }.allSatisfy { $0.ticket != nil })
        try ledger.close()
        _ = try await bench.undo { $0.breaker = .init(.count(1000)) }
        _ = try await bench.run("userID,externalId\n\(SampleIDs.user(2)),account-2\n") {
            $0.runID = "run-2"
            $0.resume = ResumePolicy(retrying: [.undone])
        }
        #expect(accounts(bench) == ["account-2"])

        let result = try await unlink(bench, SampleCSV.rows(1...2))
        #expect(result.counts.linked == 2)
        #expect(try rows(bench).map(\.evidence) == [.readBack, .reply])
        #expect(accounts(bench).isEmpty)
        await bench.simulator.stop()
    }

    @Test("403 for the first row ends the run before a second one is tried")
    func forbidden() async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(SampleCSV.rows(1...30))
        var settings = SimulatorSettings()
        settings.deny = 403
        try bench.simulator.change(to: settings)
        let result = try await unlink(bench, SampleCSV.rows(1...30))
        #expect(result.report.exitCode == 77)
        #expect(result.counts.unsent == 29)
        #expect(bench.simulator.links.count == 30)
        await bench.simulator.stop()
    }
}
