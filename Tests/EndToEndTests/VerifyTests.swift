import Foundation
import TestKit
import Testing

@Suite("verify: every linked row read back", .serialized, .patient)
struct VerifyTests {
    /// What `verify --json` prints.
    struct Summary: Decodable, Equatable {
        var rows: Int
        var match: Int
        var missing: Int
        var different: Int
        var extra: Int
        var unknown: Int
        var requests: Int
        var throttled: Int
        var durationS: Double
        var exitCode: Int32
    }

    private func verify(_ desk: Desk, _ arguments: String...) async throws -> (outcome: Outcome, summary: Summary) {
        let all = ["verify", "users.csv.ledger", "--json", "--rate", "2000"] + arguments
        let outcome = try await desk.start(all).outcome()
        let summary = try outcome.json(Summary.self)
        #expect(summary.match + summary.missing + summary.different + summary.unknown == summary.rows)
        #expect(summary.exitCode == outcome.exitCode)
        return (outcome, summary)
    }

    @Test("a good import is proved with 0, one GET a user, and the columns that were promised")
    func good() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...3) + "\(Rows.user(2)),second\n")
            _ = try await desk.importing("users.csv")
            let outcome = try await desk.pinglink("verify", "users.csv.ledger", "--output", "proof.csv")
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(outcome.errors == "")
            let text =
                /4 linked rows in [\d.]+ s\n  4 match\n1 user linked to more than one account[^\n]*\n4 requests\n/
            #expect(try text.wholeMatch(in: outcome.output) != nil, "\(outcome.output)")
            let results = try await desk.results("users.csv.ledger")
            #expect(
                try desk.folder.text("proof.csv")
                    == "line,user_id,identity_provider_id,external_id,linked_account_id,result,found_external_id\n"
                    + results.map {
                        "\($0.line),\($0.userId ?? ""),\($0.identityProviderId ?? ""),\($0.externalId ?? ""),"
                            + "\($0.linkedAccountId ?? ""),match,\n"
                    }.joined()
            )
            #expect(try desk.folder.mode("proof.csv") == 0o600)
            #expect(try desk.folder.names == ["proof.csv", "users.csv", "users.csv.ledger"])
            #expect(try await desk.simulator.journal().allSatisfy { $0.method == "GET" || $0.isPost })
        }
    }

    @Test("a link removed, one replaced and one made behind its back are found")
    func changed() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...6))
            _ = try await desk.importing("users.csv")
            let links = try await desk.simulator.links()
            for user in [2, 4] {
                let link = try #require(links.first { $0.userID == Rows.user(user) })
                try await desk.simulator.removeLink(link.linkedAccountID)
            }
            try desk.folder.write("others.csv", Rows.header + "\(Rows.user(4)),other-4\n\(Rows.user(5)),beside-5\n")
            _ = try await desk.importing("others.csv")

            let (outcome, summary) = try await verify(desk, "--output", "proof.jsonl", "--format", "jsonl")
            #expect(outcome.exitCode == 1)
            #expect(summary.match == 4)
            #expect(summary.missing == 1)
            #expect(summary.different == 1)
            #expect(summary.extra == 1)
            let messages = Set(outcome.messages.split(separator: "\n"))
            #expect(
                messages == [
                    "pinglink: warning: line 3: missing", "pinglink: warning: line 5: different",
                    "pinglink: warning: line 6: extra",
                ]
            )
            struct Line: Decodable {
                var line: Int?
                var userId: String
                var externalId: String?
                var result: String
                var foundExternalId: String?
            }
            let lines = try desk.folder.text("proof.jsonl").split(separator: "\n").map {
                try Outcome.decoder.decode(Line.self, from: Data($0.utf8))
            }
            #expect(lines.map(\.line) == [2, 3, 4, 5, 6, nil, 7])
            #expect(
                lines.map(\.result) == ["match", "missing", "match", "different", "match", "extra", "match"]
            )
            #expect(lines.map(\.foundExternalId) == [nil, nil, nil, "other-4", nil, "beside-5", nil])
        }
    }

    @Test("killed in the middle it goes on, and does not read again what it has kept")
    func killed() async throws {
        try await Desk.with("--latency", "20") { desk in
            try await desk.simulator.change(#"{"latencyMilliseconds": 0}"#)
            try desk.folder.write("users.csv", Rows.csv(1...200))
            _ = try await desk.importing("users.csv")
            try await desk.simulator.change(#"{"latencyMilliseconds": 20}"#)
            let run = try desk.start(["verify", "users.csv.ledger", "--rate", "25", "--concurrency", "4"])
            try await desk.simulator.hasSeen("GET linkedAccounts", 15)
            run.send(SIGKILL)
            #expect(await run.outcome().exitCode == -SIGKILL)
            let seen = try await desk.simulator.counters().requestsByRoute["GET linkedAccounts"] ?? 0

            let (outcome, summary) = try await verify(desk)
            #expect(outcome.exitCode == 0)
            #expect(summary.rows == 200)
            #expect(summary.match == 200)
            #expect(summary.requests < 201)
            #expect(summary.requests + seen >= 201)
            let message =
                /pinglink: warning: Going on with an interrupted verification: \d+ of 200 rows were looked at then\. To begin anew: --anew\.\n/
            #expect(try message.wholeMatch(in: outcome.messages) != nil, "\(outcome.messages)")
        }
    }

    @Test("SIGTERM drains it with 143, and summary, ledger and file agree; the next call reads the rest")
    func drained() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...200))
            _ = try await desk.importing("users.csv")
            try await desk.simulator.change(#"{"latencyMilliseconds": 50}"#)
            let run = try desk.start([
                "verify", "users.csv.ledger", "--json", "--rate", "25", "--output", "proof.csv",
            ])
            try await desk.simulator.hasSeen("GET linkedAccounts", 10)
            run.send(SIGTERM)
            let outcome = await run.outcome()
            #expect(outcome.exitCode == 143)
            let first = try outcome.json(Summary.self)
            #expect(first.match >= 10)
            #expect(first.unknown == 200 - first.match)
            let results = try desk.folder.text("proof.csv").split(separator: "\n").dropFirst().map {
                $0.split(separator: ",")[5]
            }
            #expect(results.count { $0 == "match" } == first.match)
            #expect(results.count { $0 == "unknown" } == first.unknown)

            try await desk.simulator.change(#"{"latencyMilliseconds": 0}"#)
            let (_, rest) = try await verify(desk)
            #expect(rest.match == 200)
            #expect(rest.requests == 201 - first.match)
        }
    }

    @Test("results that could not be written are there for the next call without reading anew")
    func unwritable() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...10))
            _ = try await desk.importing("users.csv")
            try FileManager.default.createDirectory(at: desk.folder.file("folder"), withIntermediateDirectories: false)
            let requests = try await desk.simulator.counters().requests
            let hopeless = try await desk.pinglink("verify", "users.csv.ledger", "--output", "missing/proof.csv")
            #expect(hopeless.exitCode == 74)
            #expect(hopeless.messages.hasSuffix(" Check the folder, or name another file with --output.\n"))
            let page = try await desk.pinglink("verify", "users.csv.ledger", "--report-file", "missing/page.html")
            #expect(page.exitCode == 74)
            #expect(page.messages.hasSuffix(" Check the folder, or name another file with --report-file.\n"))
            #expect(try await desk.simulator.counters().requests == requests, "said before anything is asked")
            let failed = try await desk.pinglink(
                "verify",
                "users.csv.ledger",
                "--output",
                "folder",
                "--json"
            )
            #expect(failed.exitCode == 74)
            #expect(failed.output == "")
            #expect(
                failed.messages
                    == "pinglink: folder: cannot be written: Is a directory. Check the folder, or name another file with "
                    + "--output.\n"
            )
            let (outcome, summary) = try await verify(desk, "--output", "proof.csv")
            #expect(outcome.exitCode == 0)
            #expect(summary.match == 10)
            #expect(summary.requests == 1, "the environment")
            #expect(try desk.folder.text("proof.csv").split(separator: "\n").count == 11)
        }
    }

    @Test("a ledger that is not there is 66 and none is made; the ledger as output is 64; another environment is 64")
    func misuse() async throws {
        try await Desk.with { desk in
            let missing = try await desk.pinglink("verify", "users.csv.ledger")
            #expect(missing.exitCode == 66)
            #expect(try desk.folder.names == [])
            try desk.folder.write("users.csv", Rows.csv(1...3))
            _ = try await desk.importing("users.csv")
            let before = desk.folder.bytes("users.csv.ledger")
            let output = try await desk.pinglink("verify", "users.csv.ledger", "--output", "./users.csv.ledger")
            #expect(output.exitCode == 64)
            let elsewhere = try await desk.pinglink("verify", "users.csv.ledger", "--environment", Rows.user(1))
            #expect(elsewhere.exitCode == 64)
            #expect(
                elsewhere.messages
                    == "pinglink: users.csv.ledger: has no rows of environment \(Rows.user(1)), but rows of "
                    + "\(desk.environment["PINGONE_ENVIRONMENT_ID"] ?? "") only. Check --environment.\n"
            )
            let variable = try await desk.pinglink(
                "verify",
                "users.csv.ledger",
                environment: ["PINGONE_ENVIRONMENT_ID": Rows.user(1)]
            )
            #expect(variable.exitCode == 64)
            #expect(variable.messages.hasSuffix(" only. Check PINGONE_ENVIRONMENT_ID.\n"))
            #expect(desk.folder.bytes("users.csv.ledger") == before)
            let known = try await desk.pinglink(
                "verify",
                "users.csv.ledger",
                "--quiet",
                environment: ["PINGONE_ENVIRONMENT_ID": nil]
            )
            #expect(known.exitCode == 0, "the ledger knows its environment")
        }
    }

    @Test("an import without rows leaves a ledger with nothing to prove")
    func nothing() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.header)
            _ = try await desk.importing("users.csv")
            let (outcome, summary) = try await verify(desk)
            #expect(outcome.exitCode == 0)
            #expect(summary.rows == 0)
        }
    }
}
