import Foundation
import TestKit
import Testing

@Suite("What PingOne can answer", .serialized, .patient)
struct TroubleTests {
    @Test("tokens that expire during the run are renewed, and no row is lost")
    func expiredTokens() async throws {
        // Long enough that no machine is so busy that a fresh token expires on its way.
        try await Desk.with("--token-lifetime", "8") { desk in
            try desk.folder.write("users.csv", Rows.csv(1...300))
            let outcome = try await desk.pinglink("import", "users.csv", "--json", "--rate", "30")
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(try outcome.json(Summary.self).linked == 300)
            #expect(try await desk.simulator.counters().tokensIssued > 1)
            #expect(try await desk.simulator.links().count == 300)
            #expect(try await desk.simulator.journal().brokenPromises == [])
        }
    }

    @Test("401 or 403 for everything ends the run with 77 before a second row is burnt", arguments: [401, 403])
    func denied(status: Int) async throws {
        try await Desk.with("--deny", String(status)) { desk in
            try desk.folder.write("users.csv", Rows.csv(1...100))
            let (outcome, summary) = try await desk.importing("users.csv")
            #expect(outcome.exitCode == 77)
            // 401: one with each of two tokens. 403: the environment, the identity provider and the first row.
            #expect(try await desk.simulator.counters().requests == (status == 401 ? 2 : 3))
            #expect(try await desk.simulator.counters().posts == (status == 401 ? 0 : 1))
            #expect(try await desk.simulator.counters().tokensIssued == (status == 401 ? 2 : 1))
            #expect(summary.unsent == (status == 401 ? 100 : 99))
            #expect(
                outcome.messages.contains(
                    status == 401 ? "PingOne refuses the access token, a fresh one too" : "PingOne forbids linking"
                )
            )

            try await desk.simulator.change(#"{"deny": null}"#)
            #expect(try await desk.importing("users.csv", "--retry", "rejected").outcome.exitCode == 0)
        }
    }

    @Test(
        "a pause above --max-wait ends the run with 69 and the time from which it makes sense again",
        arguments: ["429", "503"]
    )
    func longPause(fault: String) async throws {
        try await Desk.with("--faults", "\(fault)=1,only=POST", "--retry-after", "600") { desk in
            try desk.folder.write("users.csv", Rows.csv(1...50))
            let (outcome, summary) = try await desk.importing("users.csv", "--max-wait", "5s")
            #expect(outcome.exitCode == 69)
            let message =
                /pinglink: error: PingOne asks for a pause of (\d+) s, longer than --max-wait\. It makes sense to run again from \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\.\n/
            let pause = try message.firstMatch(in: outcome.messages)
            #expect(pause.flatMap { Int($0.1) }.map { (598...601).contains($0) } == true, "\(outcome.errors)")
            #expect(try await desk.simulator.counters().posts == 1)
            // What a 503 has done nobody knows.
            #expect(summary.unsent == (fault == "429" ? 50 : 49))

            try await desk.simulator.change(#"{"faults": "", "retryAfter": 1}"#)
            #expect(try await desk.importing("users.csv").outcome.exitCode == 0)
            #expect(try await desk.simulator.journal().brokenPromises == [])
        }
    }

    @Test("429 is no failure: every row is linked, at no more than is permitted")
    func throttled() async throws {
        // After the first row all others leave at once: no machine is so busy that they stay below this limit.
        try await Desk.with("--rate-limit", "1", "--burst", "2") { desk in
            try desk.folder.write("users.csv", Rows.csv(1...10))
            let (outcome, summary) = try await desk.importing("users.csv", "--attempts", "1", "--rate", "200")
            #expect(outcome.exitCode == 0)
            #expect(summary.linked == 10)
            #expect(summary.throttled > 0)
            #expect(summary.throttled == (try await desk.simulator.counters().throttled))
            #expect(summary.requests == (try await desk.simulator.counters().requests))
            #expect(try await desk.simulator.journal().brokenPromises == [])
        }
    }

    @Test("the breaker ends a hopeless run with 69 and names the cause")
    func breaker() async throws {
        let known = try TemporaryFolder()
        try known.write("known.csv", Rows.csv([999]))
        try await Desk.with("--users", known.path("known.csv")) { desk in
            try desk.folder.write("users.csv", Rows.csv(1...500))
            let (outcome, summary) = try await desk.importing("users.csv")
            #expect(outcome.exitCode == 69)
            #expect(summary.rejected >= 20 && summary.rejected <= 20 + 32)
            #expect(summary.unsent == 500 - summary.rejected)
            #expect(outcome.messages.contains("HTTP 404 NOT_FOUND"))
            #expect(outcome.messages.contains("raise --max-failures, then run again to go on."))
            #expect(try await desk.simulator.counters().posts == summary.rejected)
            #expect(try await desk.results("users.csv.ledger").count == summary.rejected)
        }
    }

    @Test("--max-failures N ends the run with the N-th failure")
    func maxFailures() async throws {
        let known = try TemporaryFolder()
        try known.write("known.csv", Rows.csv([1]))
        try await Desk.with("--users", known.path("known.csv")) { desk in
            try desk.folder.write("users.csv", Rows.csv(1...50))
            let (outcome, summary) = try await desk.importing("users.csv", "--max-failures", "5", "--concurrency", "1")
            #expect(outcome.exitCode == 69)
            #expect(summary.linked == 1)
            #expect(summary.rejected == 5)
        }
    }

    @Test("rows with an unknown outcome are unsettled and go to the retry file, then are settled by a read-back")
    func unsettled() async throws {
        try await Desk.with("--faults", "apply-then-reset=1,only=POST") { desk in
            try desk.folder.write("users.csv", Rows.csv(1...3))
            try await desk.simulator.change(#"{"faults": "apply-then-500=1"}"#)
            let arguments = ["--attempts", "1", "--max-failures", "100"]
            let outcome = try await desk.start(["import", "users.csv", "--json"] + arguments).outcome()
            let summary = try outcome.json(Summary.self)
            #expect(outcome.exitCode == 1)
            #expect(summary.unsettled == 3)
            #expect(try desk.folder.text("users.csv.retry.csv").split(separator: "\n").count == 4)
            #expect(try desk.folder.mode("users.csv.retry.csv") == 0o600)
            #expect(!desk.folder.has("users.csv.rejects.csv"))

            try await desk.simulator.change(#"{"faults": ""}"#)
            let (again, rest) = try await desk.importing("users.csv.retry.csv")
            #expect(again.exitCode == 0)
            #expect(rest.linked == 3)
            #expect(try await desk.results("users.csv.ledger").allSatisfy { $0.evidence == "read-back" })
            #expect(try await desk.simulator.links().count == 3)
            #expect(try await desk.simulator.journal().brokenPromises == [])
        }
    }
}
