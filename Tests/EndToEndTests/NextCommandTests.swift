import Foundation
import TestKit
import Testing

@Suite("What the summary says of how to go on", .serialized, .patient)
struct NextCommandTests {
    private func lastLine(_ outcome: Outcome) throws -> String {
        String(try #require(outcome.output.split(separator: "\n").last, "\(outcome.errors)"))
    }

    @Test(
        "a stream that only the shell can make again is not named",
        arguments: [
            ("<(cat users.csv)", "", "run the same command again to go on"),
            ("/dev/fd/7", "7< users.csv", "run the same command again to go on"),
            ("-", "< users.csv", "go on with: pinglink import - --rate 2000 --ledger l"),
            ("/dev/stdin", "< users.csv", "go on with: pinglink import /dev/stdin --rate 2000 --ledger l"),
        ]
    )
    func streams(input: String, redirection: String, advice: String) async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...5))
            let command = "pinglink import \(input) --ledger l --rate 2000 --limit 2 \(redirection)"
            let stopped = try await bash(command, at: desk)
            #expect(stopped.exitCode == 3, "\(stopped.errors)")
            #expect(try lastLine(stopped) == advice)
        }
    }

    @Test("--retry not-found is added once")
    func notFound() async throws {
        let known = try TemporaryFolder()
        try known.write("known.csv", Rows.csv([1, 2]))
        try await Desk.with("--users", known.path("known.csv")) { desk in
            try desk.folder.write("users.csv", Rows.csv(1...4))
            let advice =
                "when PingOne knows the users that it did not find, go on with: pinglink import users.csv "
                + "--max-failures 100 --retry not-found"
            for flags in [[], ["--retry", "not-found"]] {
                let outcome = try await desk.start(["import", "users.csv", "--max-failures", "100"] + flags).outcome()
                #expect(outcome.exitCode == 1, "\(outcome.errors)")
                #expect(try lastLine(outcome) == advice)
            }
        }
    }

    @Test("after rows that were forbidden, the command sends them again", arguments: ["import", "unlink"])
    func forbidden(command: String) async throws {
        try await Desk.with("--deny", "403") { desk in
            try desk.folder.write("users.csv", Rows.csv(1...2))
            let answers = command == "unlink" ? ["--yes"] : []
            let outcome = try await desk.start([command, "users.csv"] + answers).outcome()
            #expect(outcome.exitCode == 77, "\(outcome.errors)")
            #expect(try lastLine(outcome) == "go on with: pinglink \(command) users.csv --retry rejected")
        }
    }

    @Test("after a stop that the same command would meet again, there is none")
    func wrong() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...2))
            let elsewhere = "00000000-0000-4000-8000-000000000000"
            let outcome = try await desk.pinglink("import", "users.csv", "--idp", elsewhere)
            #expect(outcome.exitCode == 78, "\(outcome.errors)")
            #expect(try lastLine(outcome) == "when that is corrected, run again")
        }
    }

    @Test("a result file that was imported, and is gone, is written anew by the next import of the file")
    func resultFileThatWasAnInput() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...2) + "no-uuid,account-3\n")
            #expect(try await desk.pinglink("import", "users.csv").exitCode == 1)
            let copied = try await bash("cp users.csv.rejects.csv users.csv.retry.csv", at: desk)
            #expect(copied.exitCode == 0)
            #expect(try await desk.pinglink("import", "users.csv.retry.csv").exitCode == 1)
            _ = try await bash("rm users.csv.retry.csv*", at: desk)
            let again = try await desk.pinglink("import", "users.csv")
            #expect(again.exitCode == 1, "\(again.errors)")
            #expect(try desk.folder.text("users.csv.rejects.csv").contains("no-uuid"))
        }
    }

    @Test("a flag with a password is not shown, but to be given again")
    func password() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...2))
            // Nobody listens on port 9.
            let outcome = try await desk.pinglink(
                "import",
                "users.csv",
                "--attempts",
                "1",
                "--proxy",
                "http://me:s3cret@127.0.0.1:9",
                environment: ["NO_PROXY": nil]
            )
            #expect(outcome.exitCode == 69, "\(outcome.errors)")
            #expect(
                try lastLine(outcome) == "go on with the same --proxy and: pinglink import users.csv --attempts 1"
            )
            #expect(!(outcome.output + outcome.errors).contains("s3cret"))
        }
    }

    @Test("after a run during which the file grew there is a command for the rest")
    func grown() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...40))
            let run = try desk.start(["import", "users.csv", "--rate", "5"])
            try await desk.simulator.hasSeen(posts: 2)
            let file = try FileHandle(forWritingTo: desk.folder.file("users.csv"))
            _ = try file.seekToEnd()
            try file.write(contentsOf: Data("\(Rows.user(41)),account-41\n".utf8))
            try file.close()
            let outcome = await run.outcome()
            #expect(outcome.exitCode == 3, "\(outcome.errors)")
            #expect(try lastLine(outcome) == "go on with: pinglink import users.csv --rate 5")
        }
    }
}
