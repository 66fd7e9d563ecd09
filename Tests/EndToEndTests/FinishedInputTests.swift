import Foundation
import TestKit
import Testing

@Suite("A second run over a file that is unchanged since the last one has finished it", .serialized, .patient)
struct FinishedInputTests {
    private static let csv = """
        userID,externalId,attributes.enabled,providerAttributes.email,providerAttributes.name
        \(Rows.user(1)),account-1,,ada@example.com,Ada
        \(Rows.user(2)),account-2,,bob@example.com,Bob
        \(Rows.user(3)),account-3,,eve@example.com,Eve

        """
    private static let mappings = """
        name,value,update
        email,${providerAttributes.email},EMPTY_ONLY
        nickname,${providerAttributes.nick},EMPTY_ONLY

        """

    @Test(
        "says and leaves what it would if it read each row again, and in one line why it was so fast",
        arguments: [[], ["--json", "--strict", "--limit", "1"], ["--quiet", "--retry", "rejected"]]
    )
    func sameOutcome(flags: [String]) async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Self.csv)
            try desk.folder.write("mappings.csv", Self.mappings)
            let arguments = ["import", "users.csv", "--mappings-file", "mappings.csv", "--metrics-file", "m.prom"]
            let strictly = flags.filter { $0 == "--strict" }
            #expect(try await desk.start(arguments + strictly).outcome().exitCode == 0)
            try FileManager.default.copyItem(
                at: desk.folder.file("users.csv.ledger"),
                to: desk.folder.file("forgetful.ledger")
            )
            try await forget(desk, "forgetful.ledger")
            let requests = try await desk.simulator.journal().count

            var ways: [Traces] = []
            for ledger in ["users.csv.ledger", "forgetful.ledger"] {
                for stale in ["users.csv.rejects.csv", "users.csv.retry.csv"] {
                    try desk.folder.write(stale, "rows of long ago")
                }
                let outcome = try await desk.start(arguments + ["--ledger", ledger] + flags).outcome()
                ways.append(try await Traces(outcome, desk, ledger))
            }
            var short = ways[0]
            let first = try #require(short.runs.first?.runId)
            let line =
                "pinglink: users.csv: unchanged since run \(first), which finished it; its rows are not read again.\n"
            #expect(short.messages.contains(line) == !flags.contains("--quiet"))
            short.messages = short.messages.replacing(line, with: "")
            #expect(short == ways[1])
            #expect(short.exitCode == 0)
            #expect(short.names == ["forgetful.ledger", "m.prom", "mappings.csv", "users.csv", "users.csv.ledger"])
            #expect(try await desk.simulator.journal().count == requests)
        }
    }

    /// What a run has said and left, without what differs between any two runs.
    private struct Traces: Equatable {
        var exitCode: Int32
        var output: String
        var messages: String
        var metrics: [Substring]
        var runs: [Run]
        var results: [LedgerRow]
        /// What the report's table of runs says of them.
        var requests: [String]
        var names: [String]

        init(_ outcome: Outcome, _ desk: Desk, _ ledger: String) async throws {
            exitCode = outcome.exitCode
            output = outcome.output.replacing(/"run_id":"[^"]*"/, with: "").replacing(
                /"duration_s":[0-9.e-]+/,
                with: ""
            )
            .replacing(/rows in .*/, with: "rows")
            messages = outcome.messages
            metrics = try desk.folder.text("m.prom").split(separator: "\n").filter {
                !$0.contains(/^pinglink_\w*(timestamp|duration)/)
            }
            let status = try await desk.pinglink("status", ledger, "--json").json(Status.self)
            runs = status.runs
            runs[1].runId = ""
            results = try await desk.results(ledger)
            names = try desk.folder.names
            #expect(try await desk.pinglink("report", ledger, "--output", "report.html").exitCode == 0)
            requests = try desk.folder.text("report.html").matches(of: /data-label="Requests">([^<]*)/).map {
                String($0.1)
            }
            #expect(requests.count == 2)
            try FileManager.default.removeItem(at: desk.folder.file("report.html"))
        }
    }

    private struct Status: Decodable {
        var runs: [Run]
    }

    private struct Run: Decodable, Equatable {
        var runId: String
        var source: String
        var sourceSha256: String?
        var rows: Int?
        var exitCode: Int?
        var stoppedBy: String?
    }

    /// Makes a ledger one whose runs were made by a program that did not yet note what they have finished.
    private func forget(_ desk: Desk, _ ledger: String) async throws {
        let outcome = try await Program.standIn("forget_fingerprints", [ledger], folder: desk.folder.url).outcome()
        try #require(outcome.exitCode == 0, "\(outcome.errors)")
    }

    @Test("knows a compressed file by its bytes as they are, and reads the rows when it is packed anew")
    func compressed() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...50))
            for level in ["--fast", "--best"] {
                let packing = ["--no-name", "--force", "--keep", level, "users.csv"]
                _ = try await Program.run("gzip", packing, folder: desk.folder.url)
                for isReadAgain in [true, false] {
                    let run = try await desk.pinglink("import", "users.csv.gz")
                    #expect(run.exitCode == 0)
                    #expect(run.messages.contains("unchanged since run") == !isReadAgain)
                }
            }
            #expect(try await desk.simulator.counters().posts == 50)
        }
    }

    @Test("reads the rows when a setting that decides about them is another one")
    func otherSettings() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", "userID,externalId,note\n\(Rows.user(1)),account-1,x\n")
            func isReadAgain(_ flags: String...) async throws -> Bool {
                let outcome = try await desk.start(["import", "users.csv"] + flags).outcome()
                #expect(outcome.exitCode == 0, "\(outcome.errors)")
                return !outcome.messages.contains("unchanged since run")
            }
            #expect(try await isReadAgain("--ignore", "note"))
            #expect(try await !isReadAgain("--ignore", "note"))
            #expect(try await isReadAgain("--ignore", "*"))
            #expect(try await isReadAgain("--map", "note=attributes.nickname"))
            #expect(try await isReadAgain("--map", "note=attributes.nickname", "--update", "ALWAYS"))
            #expect(try await !isReadAgain("--map", "note=attributes.nickname", "--update", "ALWAYS", "--rate", "5"))
            #expect(try await desk.simulator.counters().posts == 1)
        }
    }
}
