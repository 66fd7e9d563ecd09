import Foundation
import Glibc
import Ledger
import LinkRows
import PingOneSimulator
import TestKit
import Testing

@testable import LinkImport
@testable import PingOneClient

@Suite("An import from a pipe")
struct StreamImportTests {
    @Test("all rows are linked, in one reading")
    func plain() async throws {
        let bench = try await ImportBench()
        let result = try await bench.stream(SampleCSV.rows(1...300))
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
        let result = try await bench.stream(
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
        let rejects = try bench.folder.text("rejects.csv")
        #expect(rejects.contains("line 2 claims the same external id for another user"))
        try bench.expectAgreement(result)
        await bench.simulator.stop()
    }

    @Test("a broken place ends the run after the rows before it, exit 65")
    func broken() async throws {
        let bench = try await ImportBench()
        let result = try await bench.stream(SampleCSV.rows(1...50) + "\"\(SampleIDs.user(51))\"x,y\n")
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

    @Test("one row is a row: nothing is said of an export without any", arguments: 1...2)
    func fewRows(rows: Int) async throws {
        let bench = try await ImportBench()
        let result = try await bench.stream(SampleCSV.rows(1...rows))
        #expect(result.counts.linked == rows)
        #expect(result.report.warnings.isEmpty)
        await bench.simulator.stop()
    }

    @Test("a broken header keeps the run from beginning")
    func brokenHeader() async throws {
        let bench = try await ImportBench()
        await #expect(throws: BrokenInput.self) { try await bench.stream("userID\n") }
        #expect(bench.simulator.journal.isEmpty)
        await bench.simulator.stop()
    }

    @Test("attribute mappings are fetched when an identity provider is first met")
    func mappings() async throws {
        let bench = try await ImportBench()
        let header = "userID,externalId,identityProviderId,providerAttributes.email\n"
        let row = "\(SampleIDs.user(1)),a,,a@example.com\n"
        let result = try await bench.stream(header + row) { $0.usesMappings = true }
        #expect(result.counts.linked == 1)
        let body = try #require(bench.posts.first.map { String(decoding: $0.body, as: UTF8.self) })
        #expect(body.hasSuffix(#""attributes":{"email":{"value":"a@example.com","update":"EMPTY_ONLY"}}}"#))
        #expect(bench.simulator.journal.map(\.route).first == "attributes")

        await bench.simulator.stop()
    }

    @Test("an identity provider whose mappings cannot be had ends the run; rows of the others before it stay sent")
    func unknownProvider() async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(SampleCSV.rows(1...1))
        let unknown = SampleIDs.user(99)
        let result = try await bench.stream(
            "userID,externalId,identityProviderId\n\(SampleIDs.user(1)),account-1,\n\(SampleIDs.user(2)),b,\(unknown)\n"
        ) {
            $0.usesMappings = true
            $0.runID = "run-2"
        }
        #expect(result.report.stop == .unknownIdentityProvider(unknown))
        #expect(result.counts.skipped == 1)
        #expect(result.counts.unsent == 1)
        #expect(bench.posts.count == 1)
        await bench.simulator.stop()
    }
}

extension ImportBench {
    /// Imports what is written into a named pipe.
    func stream(_ csv: String, _ change: (inout Settings) -> Void = { _ in }) async throws -> Result {
        let pipe = folder.path("pipe")
        unlink(pipe)
        #expect(mkfifo(pipe, 0o600) == 0)
        async let writing: Void = onThread {
            let handle = try FileHandle(forWritingTo: URL(filePath: pipe))
            try? handle.write(contentsOf: Data(csv.utf8))
            try handle.close()
        }
        let result = try await run(file: pipe, change)
        try await writing
        return result
    }
}
