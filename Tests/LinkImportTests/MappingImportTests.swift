import Ledger
import PingOneSimulator
import SQLiteLedger
import TestKit
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("An import with the identity provider's attribute mappings")
struct MappingImportTests {
    private static let header = "userID,externalId,identityProviderId,providerAttributes.id,providerAttributes.email"

    private func run(
        _ bench: ImportBench,
        _ rows: String...,
        change: (inout ImportBench.Settings) -> Void = { _ in }
    ) async throws -> ImportBench.Result {
        try await bench.run(([Self.header] + rows).map { $0 + "\n" }.joined()) {
            $0.usesMappings = true
            change(&$0)
        }
    }

    private func fetchCount(_ bench: ImportBench) -> Int {
        bench.simulator.journal.count { $0.method == "GET" && $0.route == "attributes" }
    }

    @Test("each row has what the mappings of its own provider make of it; they are fetched once")
    func mapped() async throws {
        let bench = try await ImportBench()
        let result = try await run(
            bench,
            "\(SampleIDs.user(1)),a,,12345678901234567890,🦊@example.com",
            "\(SampleIDs.user(2)),b,,,",
            "\(SampleIDs.user(3)),c,\(KnownIDs.secondIdentityProvider.uppercased()),3,c@example.com",
            "\(SampleIDs.user(4)),d,,4,"
        ) { $0.workers = 1 }
        #expect(result.report.exitCode == 0)
        #expect(result.counts.linked == 4)
        try bench.expectAgreement(result)
        let prefix = #"{"identityProvider":{"id":"\#(SampleIDs.provider)"},"externalId":"#
        #expect(
            bench.posts.map { String(decoding: $0.body, as: UTF8.self) } == [
                prefix + #""a","attributes":{"username":{"value":"12345678901234567890","update":"EMPTY_ONLY"},"#
                    + #""email":{"value":"🦊@example.com","update":"EMPTY_ONLY"}}}"#,
                prefix + #""b"}"#,
                #"{"identityProvider":{"id":"\#(KnownIDs.secondIdentityProvider.uppercased())"},"externalId":"c"}"#,
                prefix + #""d","attributes":{"username":{"value":"4","update":"EMPTY_ONLY"}}}"#,
            ]
        )
        #expect(fetchCount(bench) == 2)
        #expect(result.counts.requests == bench.simulator.counters.totalRequests)
        #expect(
            result.warnings == [
                "The mapping \"username\" of identity provider \(KnownIDs.secondIdentityProvider.uppercased()): it "
                    + "reads the column \"providerAttributes.sub\", which the header does not have: as if its cells "
                    + "were empty. If another column holds it: --map 'COLUMN=providerAttributes.sub'."
            ]
        )
        await bench.simulator.stop()
    }

    @Test("rows are the same when what is sent is the same: a raw value counts where a mapping reads it")
    func contents() async throws {
        let bench = try await ImportBench()
        let header = "userID,externalId,providerAttributes.id,providerAttributes.followers_count"
        let user = SampleIDs.user(1)
        let result = try await bench.run("\(header)\n\(user),a,1,10\n\(user),a,1,11\n\(user),a,2,10\n") {
            $0.usesMappings = true
        }
        #expect(result.counts.linked == 1)
        #expect(result.counts.skipped == 1)
        #expect(result.counts.invalid == 1)
        #expect(try bench.folder.text("rejects.csv").contains("repeats the link of line 2 with other attributes"))
        try bench.expectAgreement(result)
        await bench.simulator.stop()
    }

    @Test("mappings that cannot be fetched send nothing, and the next run begins anew")
    func unreachable() async throws {
        var configuration = SimulatorConfiguration()
        configuration.settings.faults = try FaultPlan("500=1,on=all")
        let bench = try await ImportBench(configuration)
        let row = "\(SampleIDs.user(1)),a,,1,a@example.com"
        let result = try await run(bench, row)
        #expect(result.report.stop == .unreachable(reason: "HTTP 500 UNEXPECTED_ERROR"))
        #expect(result.report.exitCode == 69)
        #expect(result.counts.unsent == 1)
        #expect(bench.posts.isEmpty)
        #expect(Set(bench.simulator.journal.map(\.route)) == ["attributes"])
        #expect(try SQLiteLedgerReader(path: bench.ledgerPath).runs().map(\.stoppedBy) == ["unreachable"])

        var calm = bench.simulator.settings
        calm.faults = .none
        try bench.simulator.change(to: calm)
        let again = try await run(bench, row) { $0.runID = "run-2" }
        #expect(again.counts.linked == 1)
        try bench.expectAgreement(again)
        await bench.simulator.stop()
    }

    @Test("an identity provider that PingOne does not know sends nothing, nor do the rows of others")
    func unknown() async throws {
        let bench = try await ImportBench()
        let unknown = SampleIDs.user(99)
        let result = try await run(bench, "\(SampleIDs.user(1)),a,,1,", "\(SampleIDs.user(2)),b,\(unknown),2,")
        #expect(result.report.stop == .unknownIdentityProvider(unknown))
        #expect(result.counts.unsent == 2)
        #expect(bench.posts.isEmpty)
        await bench.simulator.stop()
    }

    @Test("a dry run fetches and warns too; a file without rows asks for nothing")
    func dryRun() async throws {
        let bench = try await ImportBench()
        let header = "userID,externalId,providerAttributes.id,providerAttributes.location"
        let result = try await bench.run("\(header)\n\(SampleIDs.user(1)),a,1,Oslo\n") {
            $0.usesMappings = true
            $0.isDryRun = true
        }
        #expect(result.counts.unsent == 1)
        #expect(bench.posts.isEmpty)
        #expect(fetchCount(bench) == 1)
        #expect(
            result.warnings == [
                "The mapping \"email\" of identity provider \(SampleIDs.provider): it reads the column "
                    + "\"providerAttributes.email\", which the header does not have: as if its cells were empty. If "
                    + "another column holds it: --map 'COLUMN=providerAttributes.email'.",
                "No mapping of identity provider \(SampleIDs.provider) reads the column "
                    + "\"providerAttributes.location\": what it holds is not sent.",
            ]
        )
        let empty = try await bench.run(header + "\n") { $0.usesMappings = true }
        #expect(empty.report.exitCode == 0)
        #expect(empty.warnings == [])
        #expect(fetchCount(bench) == 1)
        await bench.simulator.stop()
    }
}
