import Foundation
import TestKit
import Testing

@Suite("What is said, and what is not", .serialized, .patient)
struct OutputTests {
    @Test("a summary that cannot be told ends with 74: its absence is no success", arguments: ["import", "validate"])
    func lostSummary(command: String) async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...2))
            let outcome = try await bash("pinglink \(command) users.csv --json > /dev/full", at: desk)
            #expect(outcome.exitCode == 74)
            #expect(
                outcome.messages
                    == "pinglink: standard output: cannot be written: No space left on device. The result could not be told; "
                    + "what else there was to do is done. Free space there, or write elsewhere.\n"
            )
            #expect(try await desk.simulator.links().count == (command == "import" ? 2 : 0))
        }
    }

    @Test("records that standard output does not take end with 74")
    func lostRecords() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...2))
            _ = try await desk.importing("users.csv")
            let outcome = try await bash("pinglink export users.csv.ledger > /dev/full", at: desk)
            #expect(outcome.exitCode == 74)
            #expect(
                outcome.messages
                    == "pinglink: standard output: cannot be written: No space left on device. Free space there, or write "
                    + "elsewhere.\n"
            )
        }
    }

    @Test("a metrics file in a folder that is not there is found out before anything is sent")
    func metricsFolder() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...2))
            let outcome = try await desk.pinglink("import", "users.csv", "--metrics-file", "nowhere/m.prom")
            #expect(outcome.exitCode == 74)
            #expect(
                outcome.messages
                    == "pinglink: nowhere/m.prom: cannot be written: No such file or directory. Check the folder, or name "
                    + "another file with --metrics-file.\n"
            )
            #expect(try await desk.simulator.links().isEmpty)
            #expect(try desk.folder.names == ["users.csv"])
        }
    }

    @Test("--log-format json writes one object a line, with time, level, message and run")
    func jsonLog() async throws {
        try await Desk.with { desk in
            try desk.takeSample("users-with-mistakes.csv")
            let loud = try await desk.pinglink("import", "users-with-mistakes.csv", "--log-format", "json", "--json")
            struct Line: Decodable {
                var time: String
                var level: String
                var message: String
                var runId: String
                var line: Int?
                var exitCode: Int?
            }
            func lines(_ outcome: Outcome) throws -> [Line] {
                try outcome.errors.split(separator: "\n").map {
                    try Outcome.decoder.decode(Line.self, from: Data($0.utf8))
                }
            }
            let warnings = try lines(loud)
            #expect(warnings.count >= 6)
            #expect(warnings.allSatisfy { $0.level == "warning" && $0.exitCode == nil })
            #expect(Set(warnings.map(\.runId)) == [try loud.json(Summary.self).runId])
            #expect(warnings.allSatisfy { $0.time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil })
            #expect(warnings.allSatisfy { $0.line == nil || $0.message.hasPrefix("line \($0.line ?? 0): ") })
            let failure = try lines(try await desk.pinglink("import", "none.csv", "--log-format", "json"))
            #expect(failure.map(\.level) == ["error"])
            #expect(failure.map(\.exitCode) == [66])
            #expect(failure.first?.message.hasPrefix("none.csv: cannot be read: ") == true)
        }
    }

    @Test("rows with the same cause are named three times, then counted and summed up")
    func causes() async throws {
        try await Desk.with { desk in
            let rows = (1...250).map { "carla,\($0)\n\(Rows.user($0)),\n" }
            try desk.folder.write("users.csv", Rows.header + rows.joined())
            let outcome = try await desk.pinglink("import", "users.csv", "--progress", "none")
            let user = #"invalid: INVALID_USER_ID, column "userID": the user id is not a UUID"#
            let account = #"invalid: EMPTY_EXTERNAL_ID, column "externalId": the external id is empty"#
            #expect(
                outcome.messages == """
                    pinglink: warning: line 2: \(user)
                    pinglink: warning: line 3: \(account)
                    pinglink: warning: line 4: \(user)
                    pinglink: warning: line 5: \(account)
                    pinglink: warning: line 6: \(user)
                    pinglink: warning: line 7: \(account)
                    pinglink: warning: more rows like these are only counted; they are in the result files, or use -v
                    pinglink: warning: 100 rows so far: invalid: INVALID_USER_ID; first line 2
                    pinglink: warning: 100 rows so far: invalid: EMPTY_EXTERNAL_ID; first line 3
                    pinglink: warning: 250 rows: invalid: INVALID_USER_ID; first line 2
                    pinglink: warning: 250 rows: invalid: EMPTY_EXTERNAL_ID; first line 3

                    """
            )
            let strict = try await desk.pinglink("import", "users.csv", "--strict", "--ledger", "other")
            #expect(strict.exitCode == 65)
            #expect(strict.messages.split(separator: "\n").count == 12)
            let verbose = try await desk.pinglink("import", "users.csv", "-v")
            #expect(verbose.messages.split(separator: "\n").count { $0.hasPrefix("pinglink: line ") } == 494)
        }
    }

    @Test("--quiet says nothing when all is well, and one line when rows are not linked")
    func quiet() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...3))
            func pinglink(_ arguments: String...) async throws -> Outcome {
                try await desk.start(arguments + ["--quiet"]).outcome()
            }
            let good = try await pinglink("import", "users.csv")
            #expect((good.exitCode, good.output, good.errors) == (0, "", ""))
            let validated = try await pinglink("validate", "users.csv")
            #expect((validated.exitCode, validated.output, validated.errors) == (0, "", ""))
            let verified = try await pinglink("verify", "users.csv.ledger")
            #expect((verified.exitCode, verified.output, verified.errors) == (0, "", ""))

            try desk.folder.write("users.csv", Rows.csv(1...3) + "carla,4\n")
            let bad = try await pinglink("import", "users.csv")
            #expect(bad.exitCode == 1)
            #expect(bad.output == "")
            #expect(
                bad.messages
                    == "pinglink: error: 1 of 4 rows is not linked: 1 invalid. Rows to correct: users.csv.rejects.csv.\n"
            )
            let invalid = try await pinglink("validate", "users.csv")
            #expect(invalid.exitCode == 1)
            #expect(invalid.output == "")
            #expect(invalid.messages == "pinglink: error: 1 of 4 rows is invalid. Without --quiet it is named.\n")
            let asked = try await pinglink("import", "users.csv", "--json")
            #expect(try asked.json(Summary.self).exitCode == 1)
            #expect(asked.messages == bad.messages)

            try await desk.simulator.removeLink(try #require(try await desk.simulator.links().first).linkedAccountID)
            let missing = try await pinglink("verify", "users.csv.ledger")
            #expect(missing.exitCode == 1)
            #expect(missing.output == "")
            #expect(missing.messages == "pinglink: error: 3 linked rows: 1 missing. --output FILE tells which.\n")
        }
    }

    @Test("--output - is standard output, and the summary of verify then goes to standard error")
    func standardOutput() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...3))
            _ = try await desk.importing("users.csv")
            let export = try await desk.pinglink("export", "users.csv.ledger", "--output", "-")
            #expect(export.exitCode == 0)
            #expect(export.output == (try await desk.pinglink("export", "users.csv.ledger").output))
            #expect(export.output.split(separator: "\n").count == 4)
            let verify = try await desk.pinglink("verify", "users.csv.ledger", "--output", "-")
            #expect(verify.exitCode == 0)
            #expect(verify.output.hasPrefix("line,user_id,"))
            #expect(verify.output.split(separator: "\n").count == 4)
            #expect(verify.errors.hasPrefix("3 linked rows in "))
            #expect(try desk.folder.names == ["users.csv", "users.csv.ledger"])
        }
    }

    @Test("--metrics-file has the counts by state and keeps the time of the last success")
    func metrics() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...3))
            _ = try await desk.importing("users.csv", "--metrics-file", "m.prom")
            let first = try desk.folder.text("m.prom")
            let success = try #require(
                first.firstMatch(of: /(?m)^pinglink_last_success_timestamp_seconds (\d+)$/)?.1
            )
            #expect(abs(Date.now.timeIntervalSince1970 - (Double(success) ?? 0)) < 60)
            #expect(first.contains("pinglink_rows{state=\"linked\"} 3\n"))
            #expect(first.contains("pinglink_last_run_exit_code 0\n"))

            try desk.folder.write("users.csv", Rows.csv(1...4) + "carla,5\n")
            _ = try await desk.importing("users.csv", "--metrics-file", "m.prom")
            let second = try desk.folder.text("m.prom")
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
            #expect(try desk.folder.names == ["users.csv"])
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
            #expect(try desk.folder.names == ["users.csv", "users.csv.ledger"])
        }
    }
}
