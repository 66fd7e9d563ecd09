import Ledger
import PingOneSimulator
import TestKit
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("--retry missing and not-found", .serialized)
struct RetryChoiceTests {
    @Test("what a verification has found missing is linked again, once, and nothing else is sent")
    func missing() async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(SampleCSV.rows(1...10))
        bench.simulator.removeLink(bench.simulator.links[3].linkedAccountID)
        #expect(try await bench.verify().report.counts[.missing] == 1)
        let posts = bench.posts.count
        let plain = try await bench.run(SampleCSV.rows(1...10)) { $0.runID = "run-2" }
        #expect(plain.counts.skipped == 10)
        #expect(try await bench.verify().report.counts[.missing] == 1)
        let again = try await bench.run(SampleCSV.rows(1...10)) {
            $0.runID = "run-3"
            $0.resume = ResumePolicy(retrying: [.missing])
        }
        #expect(again.counts.linked == 1)
        #expect(again.counts.skipped == 9)
        #expect(again.report.exitCode == 0)
        #expect(bench.posts.count == posts + 1)
        #expect(bench.simulator.links.count == 10)
        let once = try await bench.run(SampleCSV.rows(1...10)) {
            $0.runID = "run-4"
            $0.resume = ResumePolicy(retrying: [.missing])
        }
        #expect(once.counts.skipped == 10, "a run has touched it since")
        #expect(try await bench.verify().report.exitCode == 0)
        await bench.simulator.stop()
    }

    @Test("what seemed to be missing and is there is read, not posted")
    func cameBack() async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(SampleCSV.rows(1...3))
        bench.simulator.removeLink(bench.simulator.links[0].linkedAccountID)
        _ = try await bench.verify()
        _ = try await ImportBench(bench.simulator).run(SampleCSV.rows([1]))
        let posts = bench.posts.count
        let again = try await bench.run(SampleCSV.rows(1...3)) {
            $0.runID = "run-2"
            $0.resume = ResumePolicy(retrying: [.missing])
        }
        #expect(again.counts.linked == 1)
        #expect(bench.posts.count == posts)
        #expect(try bench.ledgerRows.allSatisfy { $0.state == .linked })
        await bench.simulator.stop()
    }

    @Test("rows whose user was not there are sent again, other rejected ones are not")
    func notFound() async throws {
        let folder = try TemporaryFolder()
        var configuration = SimulatorConfiguration()
        configuration.users = try UserList(
            path: folder.write("users.txt", "\(SampleIDs.user(1))\n\(SampleIDs.user(3))\n")
        )
        let before = try await ImportBench(configuration)
        _ = try await ImportBench(before.simulator).run("userID,externalId\n\(SampleIDs.user(1)),account-3\n")
        #expect(try await before.run(SampleCSV.rows(1...3)).counts.rejected == 2)
        let text = try before.folder.text("rejects.csv")
        #expect(text.contains("use --retry not-found"))
        await before.simulator.stop()

        let after = try ImportBench(try await Simulator.start(SimulatorConfiguration()), in: before.folder)
        let plain = try await after.run(SampleCSV.rows(1...3)) { $0.runID = "run-2" }
        #expect(plain.counts.rejected == 2)
        let again = try await after.run(file: before.folder.write("in.csv.rejects.csv", text)) {
            $0.runID = "run-3"
            $0.resume = ResumePolicy(retrying: [.notFound])
        }
        #expect(again.counts.linked == 1)
        #expect(again.counts.rejected == 1)
        await after.simulator.stop()
    }
}
