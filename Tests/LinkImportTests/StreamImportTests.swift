import Foundation
import Glibc
import ImportTestKit
import Ledger
import LinkImport
import PingOneSimulator
import Testing

@Suite("An import from a pipe")
struct StreamImportTests {
    /// Imports what is written into a named pipe.
    private func run(_ bench: ImportBench, _ csv: String) async throws -> ImportBench.Result {
        let pipe = bench.folder.path("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        async let writing: Void = onThread {
            let handle = try FileHandle(forWritingTo: URL(filePath: pipe))
            try? handle.write(contentsOf: Data(csv.utf8))
            try handle.close()
        }
        let result = try await bench.run(file: pipe)
        try await writing
        return result
    }

    @Test("all rows are linked, in one reading")
    func plain() async throws {
        let bench = try await ImportBench()
        let result = try await run(bench, SampleCSV.rows(1...300))
        #expect(result.report.exitCode == 0)
        #expect(result.counts.linked == 300)
        try bench.expectAgreement(result)
        await bench.simulator.stop()
    }

    @Test(
        "of two rivals the first is sent, of equals too; a repetition with other attributes is told from an exact one"
    )
    func conflicts() async throws {
        let bench = try await ImportBench()
        let result = try await run(
            bench,
            """
            userID,externalId,attributes.email
            \(SampleIDs.user(1)),shared,
            \(SampleIDs.user(2)),alone,a@example.com
            \(SampleIDs.user(3)),shared,
            \(SampleIDs.user(2)),alone,a@example.com
            \(SampleIDs.user(2)),alone,b@example.com

            """
        )
        #expect(result.counts.linked == 2)
        #expect(result.counts.skipped == 1)
        #expect(result.counts.invalid == 2)
        #expect(bench.posts.map(\.externalID) == ["shared", "alone"])
        try bench.expectAgreement(result)
        await bench.simulator.stop()
    }

    @Test("a broken place ends the run after the rows before it, exit 65")
    func broken() async throws {
        let bench = try await ImportBench()
        let result = try await run(bench, SampleCSV.rows(1...50) + "\"\(SampleIDs.user(51))\"x,y\n")
        #expect(result.report.exitCode == 65)
        #expect(result.counts.linked == 50)
        #expect(
            result.report.stop?.message
                == "\(bench.folder.path("pipe")): line 52, column 39: text follows a closing quote. "
                + "Write a quote that belongs to the text twice (\"\"), or put the delimiter between the fields.\n"
                + "The rows before this place have been sent; the ledger knows them."
        )
        try bench.expectAgreement(result)
        await bench.simulator.stop()
    }

    @Test("a broken header keeps the run from beginning")
    func brokenHeader() async throws {
        let bench = try await ImportBench()
        await #expect(throws: BrokenInput.self) { try await run(bench, "userID\n") }
        #expect(bench.simulator.journal.isEmpty)
        await bench.simulator.stop()
    }
}
