import Foundation
import TestKit
import Testing

@Suite("Runs that are stopped, and runs that meet", .serialized, .patient)
struct StopTests {
    @Test("a second run over the same ledger ends at once with 75 and says who holds it")
    func overlap() async throws {
        try await Desk.with("--latency", "100") { desk in
            try desk.folder.write("users.csv", Rows.csv(1...400))
            // Slow enough to be under way for as long as the others need.
            let first = try desk.start(["import", "users.csv", "--rate", "4"])
            try await desk.simulator.hasSeen(posts: 5)

            let second = try await desk.pinglink("import", "users.csv")
            #expect(second.exitCode == 75)
            #expect(second.output == "")
            let since = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/
            #expect(
                second.errors.replacing(since, with: "…")
                    == "pinglink: users.csv.ledger: another run holds the ledger (process \(first.processID), since …). "
                    + "Wait for it or stop it, then run again.\n"
            )

            let status = try await desk.pinglink("status", "users.csv.ledger")
            #expect(status.exitCode == 0, "reading is possible while a run goes on")
            #expect(status.output.contains("users.csv  400 rows  going on\n"))
            #expect(try await desk.pinglink("export", "users.csv.ledger").exitCode == 0)

            first.send(SIGKILL)
            _ = await first.outcome()
            try await desk.simulator.change(#"{"latencyMilliseconds": 0}"#)
            let third = try await desk.importing("users.csv")
            #expect(third.outcome.exitCode == 0, "the lock of a dead process is no lock")
            #expect(try await desk.simulator.links().count == 400)
            #expect(try await desk.simulator.journal().brokenPromises == [])
        }
    }

    @Test(
        "a dry run looks at the places of what a run leaves, and leaves nothing there",
        arguments: [["--ledger", "nowhere/l"], ["--rejects", "nowhere/r"], ["--retry-file", "nowhere/r"]]
    )
    func dryRunPlaces(flags: [String]) async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...2))
            let real = try await desk.start(["import", "users.csv"] + flags).outcome()
            let dry = try await desk.start(["import", "users.csv", "--dry-run"] + flags).outcome()
            #expect(dry.exitCode == 73)
            #expect(dry.errors == real.errors)
            #expect(try desk.folder.names == ["users.csv"])
        }
    }

    @Test("SIGTERM ends with 143, SIGINT with 130, when everything in flight is written", arguments: [SIGTERM, SIGINT])
    func drains(signal: Int32) async throws {
        try await Desk.with("--latency", "150") { desk in
            try desk.folder.write("users.csv", Rows.csv(1...300))
            let run = try desk.start(["import", "users.csv", "--json", "--rate", "30"])
            try await desk.simulator.hasSeen(posts: 10)
            run.send(signal)
            let outcome = await run.outcome()
            #expect(outcome.exitCode == 128 + signal)
            #expect(
                outcome.messages == """
                    pinglink: Stopping: waiting for the requests in flight. Once more to leave at once.
                    pinglink: Stopped by a signal; what was in flight was waited for. \
                    Run the same command again to go on.

                    """
            )
            let summary = try outcome.json(Summary.self)
            #expect(summary.accounted == 300)
            #expect(summary.exitCode == outcome.exitCode)

            let results = try await desk.results("users.csv.ledger")
            #expect(results.allSatisfy { $0.state == "linked" })
            #expect(results.count == summary.linked)
            #expect(try await desk.simulator.links().count == summary.linked)

            try await desk.simulator.change(#"{"latencyMilliseconds": 0}"#)
            let (second, rest) = try await desk.importing("users.csv")
            #expect(second.exitCode == 0)
            #expect(rest.skipped == summary.linked)
            #expect(rest.linked == 300 - summary.linked)
            #expect(try await desk.simulator.counters().posts == 300)
        }
    }

    @Test("a second signal leaves at once, and the next run reads back what was in flight")
    func leavesAtOnce() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...5))
            try await desk.simulator.change(#"{"faults": "stall=1,only=POST"}"#)
            let run = try desk.start(["import", "users.csv", "--timeout", "600"])
            try await desk.simulator.hasSeen(posts: 1)
            run.send(SIGTERM)
            try await run.hasSaid("Once more to leave at once")
            // Two signals within 5 ms are one: timeout(1) sends them so.
            try await Task.sleep(for: .milliseconds(10))
            run.send(SIGTERM)
            #expect(await run.outcome().exitCode == 143)
            let left = try await desk.results("users.csv.ledger")
            #expect(left.map(\.state) == ["intended"])
            #expect(try await desk.pinglink("status", "users.csv.ledger").output.contains("left to settle: 1 "))

            try await desk.simulator.change(#"{"faults": ""}"#)
            let (outcome, summary) = try await desk.importing("users.csv")
            #expect(outcome.exitCode == 0)
            #expect(summary.linked == 5)
            #expect(try await desk.simulator.links().count == 5)
            #expect(try await desk.simulator.journal().brokenPromises == [])
        }
    }

    @Test("a reader of the log and the summary that goes away does not end the run")
    func readerGoesAway() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...20) + (21...40).map { "bad,\($0)\n" }.joined())
            let pinglink = try Program.built("pinglink").path
            let script = "\"$0\" import users.csv -v 2>&1 | true; exit \"${PIPESTATUS[0]}\""
            let outcome = try await Program(
                URL(filePath: "/bin/bash"),
                ["-c", script, pinglink],
                environment: desk.environment,
                folder: desk.folder.url
            ).outcome()
            #expect(outcome.exitCode == 1)
            #expect(try await desk.simulator.links().count == 20)
        }
    }

    @Test("a disk that is full ends the run with 74; nothing recorded is lost, and the next run goes on")
    func diskFull() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...500))
            let command = [try Program.built("pinglink").path, "import", "users.csv", "--json", "--rate", "1000"]
            let outcome = try await Program.standIn(
                "limit_file_size",
                [String(400 << 10)] + command,
                environment: desk.environment,
                folder: desk.folder.url
            ).outcome()
            #expect(outcome.exitCode == 74)
            let message = /error: users\.csv\.ledger: the ledger cannot be written: .+\. Nothing recorded is lost;/
            #expect(outcome.errors.contains(message), "\(outcome.errors)")
            let summary = try outcome.json(Summary.self)
            let posts = try await desk.simulator.counters().posts
            #expect(posts > 1, "the disk was full too early to tell anything")
            #expect(summary.linked + summary.unsettled == posts, "what was sent: \(summary)")
            #expect(summary.unsent == 500 - posts, "what was about to be sent and was not: \(summary)")
            let recorded = try await desk.results("users.csv.ledger").filter { $0.state == "linked" }
            #expect(Set(recorded.map(\.userId)).isSubset(of: Set(try await desk.simulator.links().map(\.userID))))

            let (again, _) = try await desk.importing("users.csv")
            #expect(again.exitCode == 0)
            #expect(try await desk.simulator.links().count == 500)
            #expect(try await desk.results("users.csv.ledger").count { $0.state == "linked" } == 500)
            #expect(try await desk.simulator.journal().brokenPromises == [])
        }
    }
}
