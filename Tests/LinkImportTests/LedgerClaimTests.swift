import Ledger
import PingOneSimulator
import TestKit
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("One account claimed for two users in two files of one ledger", .serialized)
struct LedgerClaimTests {
    @Test("the later row is held back, also in a dry run and from a stream, and the others go on")
    func twoFiles() async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(SampleCSV.rows(1...3))
        let later = "userID,externalId\n\(SampleIDs.user(8)),account-2\n\(SampleIDs.user(9)),account-9\n"
        let dry = try await bench.run(later) { $0.isDryRun = true }
        #expect(dry.counts.invalid == 1)
        let posts = bench.posts.count
        let result = try await bench.run(later) {
            $0.runID = "run-2"
            $0.limit = 1
        }
        #expect(result.counts.invalid == 1)
        #expect(result.counts.linked == 1)
        #expect(result.report.exitCode == 1, "what is held back does not count for --limit")
        #expect(bench.posts.count == posts + 1)
        #expect(
            try bench.folder.text("rejects.csv").contains(
                "has claimed the same external id for another user in this ledger"
            )
        )
        let row = try #require(try bench.ledgerRows.first { $0.state == .invalid })
        #expect(row.errorCode == "CLAIMED_FOR_TWO_USERS")
        await bench.simulator.stop()
    }

    @Test("the advice leads on: the other link is removed, the ledger verified, and the row is sent")
    func advice() async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(SampleCSV.rows([1]))
        let corrected = "userID,externalId\n\(SampleIDs.user(2)),account-1\n"
        #expect(try await bench.run(corrected) { $0.runID = "run-2" }.counts.invalid == 1)
        bench.simulator.removeLink(try #require(bench.simulator.links.first).linkedAccountID)
        _ = try await bench.verify()
        let result = try await bench.run(corrected) { $0.runID = "run-3" }
        #expect(result.counts.linked == 1)
        #expect(bench.simulator.links.map(\.userID) == [SampleIDs.user(2)])
        await bench.simulator.stop()
    }
}

@Suite("A corrected external id", .serialized)
struct CorrectedAccountTests {
    @Test("is linked, and the run warns that the old link stays")
    func corrected() async throws {
        let bench = try await ImportBench()
        let first = try await bench.run(SampleCSV.rows(1...4))
        #expect(first.report.warnings == [])
        let corrected = SampleCSV.rows(1...3) + "\(SampleIDs.user(4)),account-44\n"
        let second = try await bench.run(corrected) { $0.runID = "run-2" }
        #expect(second.report.exitCode == 0)
        #expect(second.report.warnings == [InputWarning(.otherAccounts, count: 1, firstLine: 5)])
        #expect(bench.simulator.links.count == 5)
        let verified = try await bench.verify()
        #expect(verified.report.severalAccounts == 1)
        await bench.simulator.stop()
    }
}
