import Foundation
import TestKit
import Testing

@Suite("Runs that go on where others stopped", .serialized, .patient)
struct ResumeTests {
    @Test("a file may be sorted, corrected, appended to, gzipped and renamed between runs")
    func changedFile() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...20) + "carla,account-21\n")
            #expect(try await desk.importing("users.csv").outcome.exitCode == 1)

            try desk.folder.write("users.csv", Rows.csv((1...25).reversed()))
            let (changed, summary) = try await desk.importing("users.csv")
            #expect(changed.exitCode == 0)
            #expect(summary.linked == 5)
            #expect(summary.skipped == 20)
            #expect(!desk.folder.has("users.csv.rejects.csv"), "a file of rejects without rows goes")

            _ = try await Program.run("gzip", ["users.csv"], folder: desk.folder.url)
            try FileManager.default.moveItem(at: desk.folder.file("users.csv.gz"), to: desk.folder.file("other"))
            let renamed = try await desk.importing("other", "--ledger", "users.csv.ledger")
            #expect(renamed.summary.skipped == 25)
            #expect(try await desk.simulator.counters().posts == 25)
        }
    }

    @Test("rejected rows stay rejected until their content changes or --retry rejected")
    func rejected() async throws {
        let known = try TemporaryFolder()
        try known.write("known.csv", Rows.csv([1, 2]))
        try await Desk.with("--users", known.path("known.csv")) { desk in
            try desk.folder.write("users.csv", Rows.csv(1...4))
            let first = try await desk.importing("users.csv", "--max-failures", "100")
            #expect(first.outcome.exitCode == 1)
            #expect(first.summary.linked == 2)
            #expect(first.summary.rejected == 2)
            let rejects = try desk.folder.text("users.csv.rejects.csv")
            #expect(
                rejects == """
                    userID,externalId,pinglink_line,pinglink_state,pinglink_error,pinglink_hint
                    \(Rows.user(3)),account-3,4,rejected,HTTP 404 NOT_FOUND,\(Self.hint)
                    \(Rows.user(4)),account-4,5,rejected,HTTP 404 NOT_FOUND,\(Self.hint)

                    """
            )

            let second = try await desk.importing("users.csv")
            #expect(second.outcome.exitCode == 1)
            #expect(second.summary.rejected == 2)
            #expect(second.summary.requests == 0)
            #expect(try desk.folder.text("users.csv.rejects.csv") == rejects, "rows that were skipped are in it too")

            let third = try await desk.importing("users.csv", "--retry", "rejected", "--max-failures", "100")
            #expect(third.summary.rejected == 2)
            #expect(try await desk.simulator.counters().posts == 6)

            try desk.folder.write(
                "users.csv",
                "userID,externalId,attributes.email\n\(Rows.user(3)),account-3,new@example.com\n"
            )
            _ = try await desk.importing("users.csv", "--max-failures", "100")
            #expect(try await desk.simulator.counters().posts == 7)
        }
    }

    private static let hint =
        "Check that the user is in this environment and visible to the worker application. "
        + "Then use --retry not-found."

    @Test("--limit stops softly with 3, and the next runs go on")
    func limit() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...25))
            let first = try await desk.importing("users.csv", "--limit", "10")
            #expect(first.outcome.exitCode == 3)
            #expect(first.summary.linked == 10)
            #expect(first.summary.unsent == 15)
            #expect(
                first.outcome.messages
                    == "pinglink: Stopped after 10 rows (--limit). Run the same command again to go on.\n"
            )
            #expect(try await desk.importing("users.csv", "--limit", "10").outcome.exitCode == 3)
            let third = try await desk.importing("users.csv", "--limit", "10")
            #expect(third.outcome.exitCode == 0)
            #expect(third.summary.linked == 5)
            #expect(try await desk.simulator.journal().brokenPromises == [])
        }
    }

    @Test("--max-duration stops softly with 3")
    func maxDuration() async throws {
        try await Desk.with("--latency", "20") { desk in
            try desk.folder.write("users.csv", Rows.csv(1...500))
            let outcome = try await desk.pinglink(
                "import",
                "users.csv",
                "--json",
                "--rate",
                "20",
                "--max-duration",
                "5s"
            )
            #expect(outcome.exitCode == 3)
            let summary = try outcome.json(Summary.self)
            #expect(summary.accounted == 500)
            #expect(summary.linked > 0 && summary.unsent > 0)
            #expect(try await desk.results("users.csv.ledger").allSatisfy { $0.state == "linked" })
        }
    }

    @Test("killed again and again among faults, every row is linked once and no POST is repeated blindly")
    func killed() async throws {
        try await Desk.with("--faults", Self.faults, "--latency", "4", "--jitter", "8", "--retry-after", "0") { desk in
            let rows = 400
            try desk.folder.write("users.csv", Rows.csv(1...rows))
            let arguments = ["import", "users.csv", "--json", "--rate", "400", "--timeout", "1", "--attempts", "20"]
            try await desk.kill(arguments, afterPosts: [30, 90, 170, 250])
            try await desk.simulator.change(#"{"faults": ""}"#)
            var last = try await desk.start(arguments).outcome()
            if last.exitCode == 1 { last = try await desk.start(arguments).outcome() }
            #expect(last.exitCode == 0, "\(last.errors)")

            let links = try await desk.simulator.links()
            #expect(links.count == rows)
            #expect(Set(links.map(\.userID)) == Set((1...rows).map(Rows.user)))
            let results = try await desk.results("users.csv.ledger")
            #expect(results.count == rows)
            #expect(results.allSatisfy { $0.state == "linked" || $0.state == "already-linked" })
            #expect(
                Dictionary(uniqueKeysWithValues: results.map { ($0.userId, $0.linkedAccountId) })
                    == Dictionary(uniqueKeysWithValues: links.map { ($0.userID, $0.linkedAccountID) })
            )
            #expect(results.count { $0.evidence == "read-back" } > 0)
            #expect(try await desk.simulator.journal().brokenPromises == [])
            #expect(try desk.folder.names == ["users.csv", "users.csv.ledger"])
        }
    }

    private static let faults =
        "apply-then-reset=0.04,reset-before=0.03,apply-then-500=0.03,500=0.02,503=0.01,stall=0.002,truncated=0.03,"
        + "broken-json=0.03"
}
