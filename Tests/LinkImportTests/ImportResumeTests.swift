import Foundation
import ImportTestKit
import Ledger
import LinkImport
import LinkRows
import PingOneSimulator
import SQLiteLedger
import TestKit
import Testing

@testable import PingOneClient

@Suite("An import that goes on where an earlier one was")
struct ImportResumeTests {
    @Test("finished rows are not sent again, whatever their place in the file, and new ones are")
    func sortedAndAppended() async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(SampleCSV.rows(1...20))
        let result = try await bench.run(SampleCSV.rows((1...25).reversed())) { $0.runID = "run-2" }
        #expect(result.report.exitCode == 0)
        #expect(result.counts.skipped == 20)
        #expect(result.counts.linked == 5)
        #expect(bench.posts.count == 25)
        try bench.expectAgreement(result)
        await bench.simulator.stop()
    }

    @Test("ids are compared without regard to case, external ids with it")
    func letterCase() async throws {
        let bench = try await ImportBench()
        let header = "userID,externalId\n"
        let user = "3a1c7f0e-52b8-4d0f-9c64-0a4b7de21f08"
        _ = try await bench.run(header + "\(user),Abc\n")
        let result = try await bench.run(header + "\(user.uppercased()),Abc\n\(user),abc\n") { $0.runID = "run-2" }
        #expect(result.counts.skipped == 1)
        #expect(result.counts.linked == 1)
        #expect(bench.posts.map(\.externalID) == ["Abc", "abc"])
        try bench.expectAgreement(result)
        await bench.simulator.stop()
    }

    @Test("a rejected row stays so until its content changes, or until it is asked for")
    func corrected() async throws {
        let bench = try await ImportBench()
        let header = "userID,externalId,attributes.email\n"
        _ = try await ImportBench(bench.simulator).run("userID,externalId\n\(SampleIDs.user(1)),taken\n")
        let rejected = "\(SampleIDs.user(2)),taken,"
        let first = try await bench.run(header + rejected + "a@example.com\n") { $0.runID = "run-2" }
        #expect(first.counts.rejected == 1)
        let posts = bench.posts.count

        let unchanged = try await bench.run(header + rejected + "a@example.com\n") { $0.runID = "run-3" }
        #expect(unchanged.counts.rejected == 1)
        #expect(unchanged.report.exitCode == 1)
        #expect(unchanged.report.rejectsPath == bench.folder.path("rejects.csv"))
        #expect(bench.posts.count == posts)

        _ = try await bench.run(header + rejected + "b@example.com\n") { $0.runID = "run-4" }
        #expect(bench.posts.count == posts + 1)

        bench.simulator.removeLink(try #require(bench.simulator.links.first).linkedAccountID)
        let asked = try await bench.run(header + rejected + "b@example.com\n") {
            $0.runID = "run-5"
            $0.resume = ResumePolicy(retrying: [.rejected])
        }
        #expect(asked.counts.linked == 1)
        #expect(asked.report.exitCode == 0)
        #expect(!bench.folder.has("rejects.csv"))
        await bench.simulator.stop()
    }

    @Test("--limit sends as many rows as it says, and the next run goes on")
    func limit() async throws {
        let bench = try await ImportBench()
        let csv = SampleCSV.rows(1...100)
        for (run, expected) in [(1, 40), (2, 80)] {
            let result = try await bench.run(csv) {
                $0.runID = "run-\(run)"
                $0.limit = 40
            }
            #expect(result.report.stop == .limit(40))
            #expect(result.report.exitCode == 3)
            #expect(result.counts.linked == 40)
            #expect(result.counts.unsent == 100 - expected)
            #expect(bench.simulator.links.count == expected)
            try bench.expectAgreement(result)
        }
        let last = try await bench.run(csv) {
            $0.runID = "run-3"
            $0.limit = 20
        }
        #expect(last.report.stop == nil)
        #expect(last.report.exitCode == 0)
        #expect(last.counts.linked == 20)
        await bench.simulator.stop()
    }

    @Test("--limit 1 sends the first row")
    func limitOfOne() async throws {
        let bench = try await ImportBench()
        let result = try await bench.run(SampleCSV.rows(1...3)) { $0.limit = 1 }
        #expect(result.counts.linked == 1)
        #expect(result.counts.unsent == 2)
        #expect(result.report.exitCode == 3)
        await bench.simulator.stop()
    }

    @Test("a row whose intent was left behind by a run that died is read back before it is sent")
    func died() async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(SampleCSV.rows(1...1))
        try FileManager.default.removeItem(atPath: bench.ledgerPath)
        let path = bench.ledgerPath
        try await onThread {
            let ledger = try SQLiteLedger.open(at: path, now: { Date() })
            try ledger.beginRun(RunStart(id: "dead", source: "in.csv", inputName: "in.csv"))
            let candidates = [1, 2].map { number in
                Candidate(
                    key: LinkKey(
                        environment: SampleIDs.environment,
                        userID: SampleIDs.user(number),
                        identityProviderID: SampleIDs.provider,
                        externalID: "account-\(number)"
                    ),
                    line: number + 1,
                    content: 0
                )
            }
            _ = try ledger.admit(candidates) { _, _ in true }
            try ledger.close()
        }
        let before = bench.simulator.journal.count
        let result = try await bench.run(SampleCSV.rows(1...2)) { $0.workers = 1 }
        #expect(result.counts.linked == 2)
        let later = bench.simulator.journal.dropFirst(before).filter { $0.route == "linkedAccounts" }
        #expect(later.map(\.method) == ["GET", "GET", "POST"])
        #expect(try bench.ledgerRows.map(\.evidence) == [.readBack, .reply])
        try bench.expectAgreement(result)
        await bench.simulator.stop()
    }
}
