import Foundation
import Ledger
import PingOneSimulator
import SQLiteLedger
import TestKit
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("A whole import")
struct ImportRunTests {
    @Test("links every row of a plain file")
    func plain() async throws {
        let bench = try await ImportBench()
        let result = try await bench.run(SampleCSV.rows(1...100))
        #expect(result.report.stop == nil)
        #expect(result.report.exitCode == 0)
        #expect(result.counts.linked == 100)
        #expect(result.counts.rows == 100)
        #expect(result.report.rejectsPath == nil)
        #expect(result.report.retryPath == nil)
        try bench.expectAgreement(result)
        #expect(bench.posts.count == 100)
        // Two looks before the first row, then the rows.
        #expect(result.counts.requests == bench.simulator.counters.totalRequests)
        #expect(result.counts.requests == 102)
        #expect(Set(bench.posts.compactMap(\.transactionID)) == Set((2...101).map { "run-1/\($0)" }))
        let run = try #require(try SQLiteLedgerReader(path: bench.ledgerPath).runs().first)
        #expect(run.rows == 100)
        #expect(run.exitCode == 0)
        #expect(run.stoppedBy == nil)
        #expect(run.sourceSHA256?.count == 64)
        await bench.simulator.stop()
    }

    @Test("the exact bytes reach the server, whatever an id looks like")
    func bytes() async throws {
        let bench = try await ImportBench()
        let ids = [
            "00123", "12345678901234567890", "1e5", #""say ""hi""""#, "\"two\nlines\"", "👩‍💻", "a/b\\c", "\" padded \"",
        ]
        let csv = "userID,externalId\n" + ids.enumerated().map { "\(SampleIDs.user($0)),\($1)\n" }.joined()
        let result = try await bench.run(csv) { $0.workers = 1 }
        try bench.expectAgreement(result)
        let expected = [
            "00123", "12345678901234567890", "1e5", #"say \"hi\""#, #"two\nlines"#, "👩‍💻", #"a/b\\c"#, "padded",
        ].map { #"{"identityProvider":{"id":"\#(SampleIDs.provider)"},"externalId":"\#($0)"}"# }
        #expect(bench.posts.map { String(decoding: $0.body, as: UTF8.self) } == expected)
        #expect(
            bench.simulator.links.map(\.externalID)
                == ["00123", "12345678901234567890", "1e5", #"say "hi""#, "two\nlines", "👩‍💻", #"a/b\c"#, "padded"]
        )
        await bench.simulator.stop()
    }

    @Test("the documented example with an attribute goes out as documented")
    func example() async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(
            """
            userID,externalId,attributes.email
            788D4931-6936-43f2-82ff-178f5762298a,1234567890,leslie@example.com

            """
        )
        let post = try #require(bench.posts.first)
        #expect(post.userID == "788D4931-6936-43f2-82ff-178f5762298a")
        #expect(post.contentType == "application/vnd.pingidentity.account.link+json")
        #expect(post.userAgent == "pinglink/test")
        #expect(
            String(decoding: post.body, as: UTF8.self)
                == #"{"identityProvider":{"id":"302990c0-289d-40ec-a2ff-e7c7fd0cca63"},"externalId":"1234567890","#
                + #""attributes":{"email":{"value":"leslie@example.com","update":"EMPTY_ONLY"}}}"#
        )
        await bench.simulator.stop()
    }

    @Test("a file with a header and no rows is fine, and nothing is sent")
    func empty() async throws {
        let bench = try await ImportBench()
        let result = try await bench.run("userID,externalId\n")
        #expect(result.report.exitCode == 0)
        #expect(result.counts.rows == 0)
        #expect(bench.simulator.journal.isEmpty)
        await bench.simulator.stop()
    }

    @Test(
        "every kind of trouble at once: each link once, and all records agree",
        arguments: 1...3 as ClosedRange<UInt64>
    )
    func troubles(seed: UInt64) async throws {
        var configuration = SimulatorConfiguration()
        configuration.seed = seed
        configuration.settings.faults = try FaultPlan(
            "apply-then-reset=0.03,reset-before=0.03,apply-then-500=0.03,500=0.03,503=0.02,429=0.02,"
                + "truncated=0.03,broken-json=0.03"
        )
        let bench = try await ImportBench(configuration)
        let result = try await bench.run(SampleCSV.rows(1...1000)) { $0.workers = 32 }
        #expect(result.report.stop == nil)
        #expect(result.counts.linked + result.counts.failed + result.counts.unsettled == 1000)
        #expect(result.counts.linked > 990)
        #expect(try bench.ledgerRows.reduce(0) { $0 + $1.posts } == bench.posts.count)
        // libcurl repeats a GET, and only a GET, by itself when a kept-alive connection turns out to be dead.
        #expect((0...50).contains(bench.simulator.counters.totalRequests - result.counts.requests))
        #expect(result.counts.throttled == bench.simulator.counters.throttled)
        try bench.expectAgreement(result)

        var calm = bench.simulator.settings
        calm.faults = .none
        try bench.simulator.change(to: calm)
        let again = try await bench.run(SampleCSV.rows(1...1000)) { $0.runID = "run-2" }
        #expect(again.report.exitCode == 0)
        #expect(again.counts.linked + again.counts.skipped == 1000)
        #expect(bench.simulator.links.count == 1000)
        try bench.expectAgreement(again)
        await bench.simulator.stop()
    }

    @Test("rows that stand in each other's way: none of two rivals is sent, a repetition once, unfit rows never")
    func judged() async throws {
        let bench = try await ImportBench()
        let result = try await bench.run(
            """
            userID,externalId,attributes.email
            \(SampleIDs.user(1)),shared,
            \(SampleIDs.user(2)),alone,a@example.com
            \(SampleIDs.user(3)),shared,
            nobody,x,
            \(SampleIDs.user(2)),alone,a@example.com
            \(SampleIDs.user(2)),alone,b@example.com

            """
        )
        #expect(result.report.exitCode == 1)
        #expect(result.counts.linked == 1)
        #expect(result.counts.skipped == 1)
        #expect(result.counts.repeated == 1)
        #expect(result.counts.invalid == 4)
        #expect(bench.posts.map(\.externalID) == ["alone"])
        try bench.expectAgreement(result)
        #expect(
            try bench.folder.text("rejects.csv")
                == """
                userID,externalId,attributes.email,pinglink_line,pinglink_state,pinglink_error,pinglink_hint
                \(SampleIDs.user(1)),shared,,2,invalid,"CLAIMED_FOR_TWO_USERS, column ""externalId"": line 4 claims \
                the same external id for another user",Find out whose account it is and remove the other row.
                \(SampleIDs.user(3)),shared,,4,invalid,"CLAIMED_FOR_TWO_USERS, column ""externalId"": line 2 claims \
                the same external id for another user",Find out whose account it is and remove the other row.
                nobody,x,,5,invalid,"INVALID_USER_ID, column ""userID"": the user id is not a UUID","Give the PingOne \
                user's id, a UUID; for user names or e-mail addresses use --user-key."
                \(SampleIDs.user(2)),alone,b@example.com,7,invalid,"REPEATED_WITH_OTHER_ATTRIBUTES, repeats the link \
                of line 3 with other attributes",Keep the row that is right and remove the other.

                """
        )
        await bench.simulator.stop()
    }

    @Test("a linked row is done before and no repetition, also where another row claims its account now")
    func linkedRival() async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(SampleCSV.rows(1...2))
        let result = try await bench.run(SampleCSV.rows(1...2) + "\(SampleIDs.user(9)),account-1\n") {
            $0.runID = "run-2"
        }
        #expect(result.counts.skipped == 2)
        #expect(result.counts.repeated == 0)
        #expect(result.counts.invalid == 1)
        try bench.expectAgreement(result)
        await bench.simulator.stop()
    }

    @Test("a link that is there already, and an account that belongs to another user")
    func conflicts() async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(SampleCSV.rows(1...2))
        try FileManager.default.removeItem(atPath: bench.ledgerPath)
        let result = try await bench.run(
            SampleCSV.rows(1...1) + "\(SampleIDs.user(9)),account-2\n"
        )
        #expect(result.report.exitCode == 1)
        #expect(result.counts.alreadyLinked == 1)
        #expect(result.counts.rejected == 1)
        let found = try #require(try bench.ledgerRows.first { $0.state == .alreadyLinked })
        #expect(bench.simulator.links.map(\.linkedAccountID).contains(found.linkedAccountID ?? ""))
        let rejected = try #require(try bench.ledgerRows.first { $0.state == .rejected })
        #expect(rejected.httpStatus == 400)
        #expect(rejected.errorID != nil)
        #expect(rejected.errorCode == "INVALID_DATA")
        #expect(rejected.errorDetail?.hasPrefix("UNIQUENESS_VIOLATION") == true)
        #expect(try bench.folder.text("rejects.csv").contains("belongs to another user"))
        await bench.simulator.stop()
    }

    @Test("a dry run looks and judges, but sends no row and writes nothing")
    func dryRun() async throws {
        let bench = try await ImportBench()
        let result = try await bench.run(SampleCSV.rows(1...5) + "x,y\n") { $0.isDryRun = true }
        #expect(result.counts.unsent == 5)
        #expect(result.counts.invalid == 1)
        #expect(bench.posts.isEmpty)
        #expect(bench.simulator.journal.map(\.method) == ["GET", "GET"])
        #expect(try bench.folder.names == ["in.csv"])

        _ = try await bench.run(SampleCSV.rows(1...3))
        let later = try await bench.run(SampleCSV.rows(1...5)) { $0.isDryRun = true }
        #expect(later.counts.skipped == 3)
        #expect(later.counts.unsent == 2)
        #expect(bench.posts.count == 3)
        await bench.simulator.stop()
    }
}
