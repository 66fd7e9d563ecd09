import Foundation
import TestKit
import Testing

@Suite("status, export and the ledger itself", .serialized, .patient)
struct LedgerCommandTests {
    /// A ledger with 5 rows linked, 2 rejected and 1 invalid.
    private func withLedger(body: (Desk) async throws -> Void) async throws {
        let known = try TemporaryFolder()
        try known.write("known.csv", Rows.csv(1...5))
        try await Desk.with("--users", known.path("known.csv")) { desk in
            try desk.folder.write("users.csv", Rows.csv(1...7) + "carla,8\n")
            _ = try await desk.importing("users.csv")
            try await body(desk)
        }
    }

    @Test("status tells the counts by state, the runs and what is left to settle")
    func status() async throws {
        try await withLedger { desk in
            let outcome = try await desk.pinglink("status", "users.csv.ledger")
            #expect(outcome.exitCode == 0)
            #expect(
                outcome.output.replacing(/[0-9a-f-]{36}  \d{4}-\S+Z/, with: "RUN  TIME")
                    .replacing(/at 127\.0\.0\.1:\d+/, with: "at HOST") == """
                        environment abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6 at HOST
                        rows by state
                          5 linked
                          2 rejected
                          1 invalid
                        nothing is left to settle
                        runs
                          RUN  TIME  users.csv  8 rows  exit code 1

                        """
            )
            struct Status: Decodable {
                var states: [String: Int]
                var toSettle: Int
                var runs: [Run]
            }
            struct Run: Decodable {
                var rows: Int
                var exitCode: Int
                var source: String
                var sourceSha256: String
            }
            let status = try await desk.pinglink("status", "users.csv.ledger", "--json").json(Status.self)
            #expect(status.states.filter { $0.value > 0 } == ["linked": 5, "rejected": 2, "invalid": 1])
            #expect(status.toSettle == 0)
            #expect(status.runs.map(\.rows) == [8])
            #expect(status.runs.map(\.exitCode) == [1])
            let digest = try await Program.run("sha256sum", ["users.csv"], folder: desk.folder.url)
            #expect(digest.output.hasPrefix(status.runs[0].sourceSha256))
        }
    }

    @Test("export writes the columns of the view, filtered by state, as CSV and JSON lines, to a file of mode 0600")
    func export() async throws {
        try await withLedger { desk in
            let all = try await desk.pinglink("export", "users.csv.ledger")
            let lines = all.output.split(separator: "\n")
            #expect(
                lines.first
                    == "key,line,source,user_id,external_id,identity_provider_id,state,evidence,linked_account_id,http_status,error_code,error_detail,error_id,correlation_id,attempts,posts,latency_ms,run_id,updated_at"
            )
            #expect(lines.count == 9)
            let some = try await desk.pinglink(
                "export",
                "users.csv.ledger",
                "--state",
                "rejected",
                "--state",
                "invalid",
                "--output",
                "some.csv"
            )
            #expect(some.exitCode == 0)
            #expect(some.output == "")
            #expect(try desk.folder.text("some.csv").split(separator: "\n").count == 4)
            #expect(try desk.folder.mode("some.csv") == 0o600)
            let rejected = try await desk.pinglink(
                "export",
                "users.csv.ledger",
                "--format",
                "jsonl",
                "--state",
                "rejected"
            )
            #expect(rejected.output.split(separator: "\n").count == 2)

            let results = try await desk.results("users.csv.ledger")
            let links = try await desk.simulator.links()
            for row in results where row.state == "linked" {
                #expect(row.evidence == "reply")
                #expect(row.httpStatus.map { (200..<300).contains($0) } == true)
                #expect(links.contains { $0.linkedAccountID == row.linkedAccountId && $0.userID == row.userId })
                #expect(row.correlationId != nil)
                #expect(row.latencyMs != nil)
                #expect(row.updatedAt.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
            }
            for row in results where row.state == "rejected" {
                #expect(row.httpStatus == 404)
                #expect(row.errorCode == "NOT_FOUND")
                #expect(row.errorId != nil)
                #expect(row.linkedAccountId == nil)
            }
            for row in results where row.state == "invalid" {
                #expect(row.errorCode == "INVALID_USER_ID")
                #expect(row.line == 9)
                #expect(row.posts == 0)
            }
        }
    }

    @Test(
        "export never writes over the ledger it reads",
        arguments: ["users.csv.ledger", "./users.csv.ledger", "link"]
    )
    func exportOverItself(output: String) async throws {
        try await withLedger { desk in
            try FileManager.default.createSymbolicLink(
                at: desk.folder.file("link"),
                withDestinationURL: desk.folder.file("users.csv.ledger")
            )
            let before = desk.folder.bytes("users.csv.ledger")
            let outcome = try await desk.pinglink("export", "users.csv.ledger", "--output", output)
            #expect(outcome.exitCode == 64)
            #expect(outcome.errors.contains("is the file of LEDGER too"))
            #expect(desk.folder.bytes("users.csv.ledger") == before)
        }
    }

    @Test("other programs read the views results and runs; the ledger is only its owner's")
    func views() async throws {
        try await withLedger { desk in
            #expect(try desk.folder.mode("users.csv.ledger") == 0o600)
            let read = try await Program.standIn("read_views", [], folder: desk.folder.url).outcome()
            #expect(
                read.output == """
                    ['key', 'line', 'source', 'user_id', 'external_id', 'identity_provider_id', 'state', 'evidence', \
                    'linked_account_id', 'http_status', 'error_code', 'error_detail', 'error_id', 'correlation_id', \
                    'attempts', 'posts', 'latency_ms', 'run_id', 'updated_at']
                    ['run_id', 'started_at', 'ended_at', 'source', 'source_sha256', 'rows', 'exit_code', 'stopped_by']
                    [('invalid', 1), ('linked', 5), ('rejected', 2)]
                    [('users.csv', 8, 1, None)]

                    """,
                "\(read.errors)"
            )
        }
    }

    @Test("a damaged ledger is refused with 73 by import, with 65 by status, and left as it is")
    func damaged() async throws {
        try await withLedger { desk in
            var bytes = try #require(desk.folder.bytes("users.csv.ledger"))
            bytes.replaceSubrange(0..<16, with: Data(repeating: 0x41, count: 16))
            try bytes.write(to: desk.folder.file("users.csv.ledger"))
            #expect(try await desk.pinglink("import", "users.csv").exitCode == 73)
            #expect(try await desk.pinglink("status", "users.csv.ledger").exitCode == 65)
            #expect(desk.folder.bytes("users.csv.ledger") == bytes)
        }
    }
}
