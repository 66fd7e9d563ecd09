import Foundation
import Testing

@Suite("What is said, and what is not", .serialized, .patient)
struct OutputTests {
    @Test("--log-format json writes one object a line, with time, level and message")
    func jsonLog() async throws {
        try await Desk.with { desk in
            try desk.takeSample("users-with-mistakes.csv")
            let outcome = try await desk.pinglink(
                "import",
                "users-with-mistakes.csv",
                "--log-format",
                "json",
                "--quiet",
                "--json"
            )
            #expect(outcome.errors == "", "--quiet leaves errors only")
            let loud = try await desk.pinglink("import", "users-with-mistakes.csv", "--log-format", "json", "--json")
            struct Line: Decodable {
                var time: String
                var level: String
                var message: String
                var runId: String?
            }
            let lines = try loud.errors.split(separator: "\n").map {
                try Outcome.decoder.decode(Line.self, from: Data($0.utf8))
            }
            #expect(lines.count == 6)
            #expect(lines.allSatisfy { $0.level == "warning" && $0.runId != nil })
            #expect(lines.allSatisfy { $0.time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil })
        }
    }

    @Test("--metrics-file has the counts by state and keeps the time of the last success")
    func metrics() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...3))
            _ = try await desk.importing("users.csv", "--metrics-file", "m.prom")
            let first = desk.folder.text("m.prom")
            let success = try #require(
                first.firstMatch(of: /(?m)^pinglink_last_success_timestamp_seconds (\d+)$/)?.1
            )
            #expect(abs(Date.now.timeIntervalSince1970 - (Double(success) ?? 0)) < 60)
            #expect(first.contains("pinglink_rows{state=\"linked\"} 3\n"))
            #expect(first.contains("pinglink_last_run_exit_code 0\n"))

            try desk.folder.write("users.csv", Rows.csv(1...4) + "carla,5\n")
            _ = try await desk.importing("users.csv", "--metrics-file", "m.prom")
            let second = desk.folder.text("m.prom")
            #expect(second.contains("pinglink_last_success_timestamp_seconds \(success)\n"))
            #expect(second.contains("pinglink_rows{state=\"invalid\"} 1\n"))
            #expect(second.contains("pinglink_rows{state=\"skipped\"} 3\n"))
            #expect(second.contains("pinglink_last_run_exit_code 1\n"))
            for line in second.split(separator: "\n") where !line.hasPrefix("#") {
                #expect(line.wholeMatch(of: /pinglink_[a-z_]+(\{state="[a-z-]+"\})? [0-9.]+/) != nil)
            }
        }
    }

    @Test("--dry-run sends no POST and writes nothing, but notices wrong credentials and ids")
    func dryRun() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...3) + "carla,4\n")
            let (outcome, summary) = try await desk.importing("users.csv", "--dry-run")
            #expect(outcome.exitCode == 1)
            #expect(summary.unsent == 3)
            #expect(summary.invalid == 1)
            #expect(summary.requests == 2)

            let secret = try await desk.pinglink(
                "import",
                "users.csv",
                "--dry-run",
                environment: ["PINGONE_CLIENT_SECRET": "guessed"]
            )
            #expect(secret.exitCode == 77)
            let provider = try await desk.pinglink(
                "import",
                "users.csv",
                "--dry-run",
                "--idp",
                "11111111-2222-4333-8444-555555555555"
            )
            #expect(provider.exitCode == 78)
            #expect(try await desk.simulator.counters().posts == 0)
            #expect(desk.folder.names == ["users.csv"])
        }
    }

    @Test("--dry-run over a ledger knows what is done and leaves it as it is")
    func dryRunOverLedger() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...3))
            _ = try await desk.importing("users.csv")
            let before = desk.folder.bytes("users.csv.ledger")
            try desk.folder.write("users.csv", Rows.csv(1...5))
            let (outcome, summary) = try await desk.importing("users.csv", "--dry-run")
            #expect(outcome.exitCode == 0)
            #expect(summary.skipped == 3)
            #expect(summary.unsent == 2)
            #expect(desk.folder.bytes("users.csv.ledger") == before)
            #expect(desk.folder.names == ["users.csv", "users.csv.ledger"])
        }
    }
}
