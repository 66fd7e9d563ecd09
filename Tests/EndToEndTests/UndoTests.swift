import Foundation
import TestKit
import Testing

@Suite("undo: what a ledger's runs have made", .serialized, .patient)
struct UndoTests {
    /// What `undo --json` prints.
    struct Summary: Decodable, Equatable {
        var runId: String?
        var links: Int
        var undone: Int
        var kept: Int
        var unsettled: Int
        var unsent: Int
        var leftOutReadBack: Int
        var requests: Int
        var throttled: Int
        var exitCode: Int32
    }

    private func undo(_ desk: Desk, _ arguments: String...) async throws -> (outcome: Outcome, summary: Summary) {
        let all = ["undo", "users.csv.ledger", "--json", "--rate", "2000"] + arguments
        let outcome = try await desk.start(all).outcome()
        let summary = try outcome.json(Summary.self)
        #expect(summary.undone + summary.kept + summary.unsettled + summary.unsent == summary.links)
        #expect(summary.exitCode == outcome.exitCode)
        return (outcome, summary)
    }

    /// Rows 1 to 5 linked by another ledger before, so already-linked, and the others linked by this one.
    private func prepare(_ desk: Desk, rows: Int) async throws -> [RunningSimulator.Link] {
        try desk.folder.write("others.csv", Rows.csv(1...5))
        _ = try await desk.importing("others.csv")
        let strangers = try await desk.simulator.links()
        try desk.folder.write("users.csv", Rows.csv(1...rows))
        _ = try await desk.importing("users.csv")
        return strangers
    }

    private func states(_ desk: Desk) async throws -> [String: Int] {
        try await desk.results("users.csv.ledger").reduce(into: [:]) { $0[$1.state, default: 0] += 1 }
    }

    @Test("deletes what it has made, shows the run, and an import leaves the rows out until it is told otherwise")
    func everything() async throws {
        try await Desk.with { desk in
            let strangers = try await prepare(desk, rows: 25)
            let outcome = try await desk.pinglink("undo", "users.csv.ledger", "--yes")
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(
                outcome.messages
                    == "pinglink: 20 links of environment abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6 to delete from PingOne. "
                    + "Attributes that were updated stay as they are.\n"
            )
            let text = /20 links in [\d.]+ s\n  20 undone\n21 requests\n/
            #expect(try text.wholeMatch(in: outcome.output) != nil, "\(outcome.output)")
            #expect(try await desk.simulator.links() == strangers)
            #expect(try await states(desk) == ["already-linked": 5, "undone": 20])
            let status = try await desk.pinglink("status", "users.csv.ledger")
            #expect(status.output.contains("  undo  20 rows  exit code 0\n"))

            #expect(try await desk.importing("users.csv").summary.skipped == 25)
            #expect(try await desk.importing("users.csv", "--retry", "undone").summary.linked == 20)
            #expect(try await desk.simulator.links().count == 25)
        }
    }

    @Test("without a terminal and without --yes it deletes nothing (64); --dry-run says what it would do")
    func asking() async throws {
        try await Desk.with { desk in
            _ = try await prepare(desk, rows: 7)
            let before = try await desk.results("users.csv.ledger")
            let refused = try await desk.pinglink("undo", "users.csv.ledger")
            #expect(refused.exitCode == 64)
            #expect(
                refused.messages
                    == "pinglink: undo asks before it deletes links: give --yes where nobody can answer.\n"
            )
            #expect(try await desk.results("users.csv.ledger") == before)

            let dry = try await desk.pinglink("undo", "users.csv.ledger", "--dry-run")
            #expect(dry.exitCode == 0)
            #expect(
                dry.output == """
                    2 links of environment \(desk.environment["PINGONE_ENVIRONMENT_ID"] ?? "") to delete from PingOne. \
                    Attributes that were updated stay as they are.
                    Nothing was deleted.

                    """
            )
            let (_, summary) = try await undo(desk, "--dry-run")
            #expect(summary.unsent == 2)
            #expect(summary.runId == nil)
            #expect(try await desk.simulator.counters().requestsByRoute["DELETE linkedAccount"] == nil)
            #expect(try await desk.simulator.links().count == 7)
        }
    }

    @Test("it looks whether there is anything to ask about before it says that nobody can answer")
    func nothingToAsk() async throws {
        try await Desk.with { desk in
            let missing = try await desk.pinglink("undo", "users.csv.ledger")
            #expect(missing.exitCode == 66)
            #expect(missing.messages.contains("users.csv.ledger: the ledger cannot be read"))
            try desk.folder.write("users.csv", Rows.csv(1...3))
            _ = try await desk.importing("users.csv")
            #expect(try await undo(desk, "--yes").summary.undone == 3)
            let again = try await desk.pinglink("undo", "users.csv.ledger")
            #expect(again.exitCode == 0, "\(again.errors)")
            #expect(again.output.hasPrefix("0 links in "))
        }
    }

    @Test("on a terminal it asks: anything but yes deletes nothing", arguments: [("y", 3), ("no", 3), ("Yes", 0)])
    func terminal(answer: String, exitCode: Int) async throws {
        try await Desk.with { desk in
            _ = try await prepare(desk, rows: 7)
            let command = [try Program.built("pinglink").path, "undo", "users.csv.ledger"]
            let outcome = try await Program.standIn(
                "answer_on_terminal",
                ["Type yes to delete them:", answer] + command,
                environment: desk.environment,
                folder: desk.folder.url
            ).outcome()
            #expect(Int(outcome.exitCode) == exitCode, "\(outcome.output)\(outcome.errors)")
            #expect(outcome.output.contains("2 links of environment "))
            let refusal = "pinglink: The answer was not yes: nothing was deleted."
            #expect(outcome.output.contains(refusal) == (exitCode == 3), "\(outcome.output)")
            #expect(try await desk.simulator.links().count == (exitCode == 3 ? 7 : 5))
        }
    }

    @Test("killed again and again among faults, it ends with everything undone and nothing else touched")
    func killed() async throws {
        try await Desk.with("--retry-after", "0") { desk in
            let rows = 200
            let strangers = try await prepare(desk, rows: rows)
            try await desk.simulator.change(
                #"{"latencyMilliseconds": 4, "jitterMilliseconds": 8, "faults": "apply-then-reset=0.05,reset-before=0.03,apply-then-500=0.05,500=0.03,503=0.02,429=0.02,stall=0.01,truncated=0.03,only=DELETE"}"#
            )
            let arguments = ["undo", "users.csv.ledger", "--yes", "--json", "--rate", "300", "--timeout", "1"]
            for share in [30, 80, 130] {
                let run = try desk.start(arguments)
                try await desk.simulator.hasSeen("DELETE linkedAccount", share)
                run.send(SIGKILL)
                #expect(await run.outcome().exitCode == -SIGKILL)
                let there = Set(try await desk.simulator.links().map(\.linkedAccountID))
                for row in try await desk.results("users.csv.ledger") {
                    let isThere = row.linkedAccountId.map(there.contains) == true
                    switch row.state {
                    case "linked", "already-linked": #expect(isThere, "line \(row.line)")
                    case "undone": #expect(!isThere, "line \(row.line)")
                    default: #expect(row.state == "unsettled" && row.errorCode == "UNDO_UNSETTLED", "\(row)")
                    }
                }
            }
            try await desk.simulator.change(#"{"faults": ""}"#)
            let last = try await undo(desk, "--yes")
            #expect(last.outcome.exitCode == 0, "\(last.outcome.errors)")
            #expect(try await desk.simulator.links() == strangers)
            #expect(try await states(desk) == ["already-linked": 5, "undone": rows - 5])
        }
    }

    @Test("after a killed undo an import ends it: what is gone is undone, what is there is linked")
    func importAfterKill() async throws {
        // Without latency: what has reached the server is done when the client dies, not later.
        try await Desk.with { desk in
            _ = try await prepare(desk, rows: 100)
            let run = try desk.start(["undo", "users.csv.ledger", "--yes", "--rate", "20"])
            try await desk.simulator.hasSeen("DELETE linkedAccount", 10)
            run.send(SIGKILL)
            _ = await run.outcome()
            let marked = try await states(desk)["unsettled", default: 0]
            #expect(marked > 0)
            let posts = try await desk.simulator.counters().posts
            let (outcome, summary) = try await desk.importing("users.csv")
            let there = try await desk.simulator.links().count
            #expect(outcome.exitCode == 1, "not every row is linked")
            #expect(outcome.errors.contains("\(100 - there) rows are not linked: undo has removed the links."))
            #expect(summary.skipped == 100)
            #expect(try await desk.simulator.counters().posts == posts)
            #expect(try await states(desk) == ["already-linked": 5, "linked": there - 5, "undone": 100 - there])
        }
    }

    @Test("SIGTERM drains it with 143; a second signal leaves at once, and the next call goes on")
    func signals() async throws {
        try await Desk.with { desk in
            let strangers = try await prepare(desk, rows: 100)
            try await desk.simulator.change(#"{"latencyMilliseconds": 50}"#)
            let run = try desk.start(["undo", "users.csv.ledger", "--yes", "--json", "--rate", "20"])
            try await desk.simulator.hasSeen("DELETE linkedAccount", 10)
            run.send(SIGTERM)
            let drained = await run.outcome()
            #expect(drained.exitCode == 143)
            let summary = try drained.json(Summary.self)
            #expect(summary.unsettled == 0)
            #expect(try await states(desk)["undone"] == summary.undone)
            #expect(try await desk.simulator.links().count == 100 - summary.undone)

            try await desk.simulator.change(#"{"latencyMilliseconds": 0, "faults": "stall=1,only=DELETE"}"#)
            let seen = try await desk.simulator.counters().requestsByRoute["DELETE linkedAccount"] ?? 0
            let stuck = try desk.start(["undo", "users.csv.ledger", "--yes"])
            try await desk.simulator.hasSeen("DELETE linkedAccount", seen + 1)
            stuck.send(SIGTERM)
            try await stuck.hasSaid("Once more to leave at once")
            stuck.send(SIGTERM)
            #expect(await stuck.outcome().exitCode == 143)
            #expect(try await states(desk)["unsettled"] == 1)

            try await desk.simulator.change(#"{"faults": ""}"#)
            #expect(try await undo(desk, "--yes").summary.undone == 95 - summary.undone)
            #expect(try await desk.simulator.links() == strangers)
        }
    }

    @Test("--run takes back one run; one that the ledger does not know is 64; a held ledger is 75; no ledger is 66")
    func choice() async throws {
        try await Desk.with { desk in
            let missing = try await desk.pinglink("undo", "users.csv.ledger", "--yes")
            #expect(missing.exitCode == 66)
            #expect(try desk.folder.names == [])
            try desk.folder.write("users.csv", Rows.csv(1...4))
            let first = try await desk.importing("users.csv").summary
            try desk.folder.write("users.csv", Rows.csv(1...10))
            _ = try await desk.importing("users.csv")

            let unknown = try await desk.pinglink("undo", "users.csv.ledger", "--yes", "--run", "nobody")
            #expect(unknown.exitCode == 64)
            #expect(
                unknown.messages
                    == "pinglink: --run: the ledger has no run nobody. pinglink status LEDGER lists them.\n"
            )
            #expect(try await undo(desk, "--yes", "--run", first.runId).summary.undone == 4)
            #expect(try await desk.simulator.links().count == 6)

            let holder = try desk.start(["undo", "users.csv.ledger", "--yes", "--rate", "1"])
            try await desk.simulator.hasSeen("DELETE linkedAccount", 5)
            holder.send(SIGSTOP)
            let held = try await desk.pinglink("verify", "users.csv.ledger")
            holder.send(SIGCONT)
            #expect(held.exitCode == 75)
            #expect(held.messages.contains("another run holds the ledger (process \(holder.processID), since "))
            #expect(await holder.outcome().exitCode == 0)
            #expect(try await desk.simulator.links().isEmpty)
        }
    }
}
