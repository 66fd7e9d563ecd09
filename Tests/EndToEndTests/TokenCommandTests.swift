import Foundation
import TestKit
import Testing

@Suite("A command that prints tokens", .serialized, .patient)
struct TokenCommandTests {
    /// Gets a token of the simulator as somebody would who has only curl, and counts its runs in `runs`.
    private static func command(_ desk: Desk) -> String {
        let environment = desk.simulator.environment
        let values = ["PINGONE_AUTH_URL", "PINGONE_ENVIRONMENT_ID", "PINGONE_CLIENT_ID", "PINGONE_CLIENT_SECRET"]
            .map { environment[$0] ?? "" }
        return "echo run >> runs; echo asked >&2; curl -s --noproxy '*' --user \(values[2]):\(values[3]) "
            + "--data grant_type=client_credentials \(values[0])/\(values[1])/as/token "
            + #"| sed 's/.*"access_token":"\([^"]*\)".*/\1/'"#
    }

    private static let noOther: [String: String?] = ["PINGONE_CLIENT_ID": nil, "PINGONE_CLIENT_SECRET": nil]

    @Test("is run at the start and once when its token is refused, and what it writes to standard error is passed on")
    func renewal() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...30))
            try await desk.simulator.change(#"{"latencyMilliseconds": 2000}"#)
            let flags = ["--rate", "100", "--concurrency", "1", "--access-token-command", Self.command(desk)]
            let run = try desk.start(["import", "users.csv"] + flags, environment: Self.noOther)
            // While the only worker waits for this answer, nobody shows a token.
            try await desk.simulator.hasSeen(posts: 1)
            try await desk.simulator.revokeTokens()
            try await desk.simulator.change(#"{"latencyMilliseconds": 0}"#)
            let outcome = await run.outcome()
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(try desk.folder.text("runs") == "run\nrun\n")
            #expect(outcome.errors.components(separatedBy: "asked\n").count == 3, "\(outcome.errors)")
            #expect(try await desk.simulator.links().count == 30)
        }
    }

    @Test("may stand in a variable or in the configuration file, and wins over what stands further back")
    func places() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...2))
            let wrong: [String: String?] = ["PINGONE_CLIENT_SECRET": "wrong"]
            let variable = ["PINGLINK_ACCESS_TOKEN_COMMAND": Self.command(desk)]
            let first = try await desk.pinglink("import", "users.csv", environment: wrong.merging(variable) { $1 })
            #expect(first.exitCode == 0, "\(first.errors)")
            let quoted = Self.command(desk).replacing("'", with: "''")
            try desk.folder.write("pinglink.yaml", "access-token-command: '\(quoted)'\n")
            try desk.folder.write("users.csv", Rows.csv(1...3))
            let second = try await desk.pinglink("import", "users.csv", environment: Self.noOther)
            #expect(second.exitCode == 0, "\(second.errors)")
            let third = try await desk.pinglink("import", "users.csv", "--retry", "rejected", environment: wrong)
            #expect(third.exitCode == 0, "nothing is left to do: \(third.errors)")
            try desk.folder.write("users.csv", Rows.csv(1...4))
            #expect(try await desk.pinglink("import", "users.csv", environment: wrong).exitCode == 77)
            let flag = try await desk.pinglink("import", "users.csv", "--access-token-command", "exit 9")
            #expect(flag.exitCode == 77)
            #expect(
                flag.messages == """
                    pinglink: error: No usable access token: the command that prints it (access-token-command) failed (exit \
                    code 9): run it by itself to see why.

                    """
            )
        }
    }

    @Test("is heard of also where the end of children was ignored before")
    func ignoredChildren() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...2))
            let outcome = try await bash(
                "trap '' CHLD; unset PINGONE_CLIENT_ID PINGONE_CLIENT_SECRET; pinglink import users.csv",
                at: desk,
                environment: ["PINGLINK_ACCESS_TOKEN_COMMAND": Self.command(desk)]
            )
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
        }
    }

    @Test("does not get the secrets of the run's environment, and its token is shown nowhere")
    func secrets() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...2))
            let token = try await desk.simulator.freshToken()
            try desk.folder.write("token", token)
            let outcome = try await desk.pinglink(
                "import",
                "users.csv",
                "-v",
                "--access-token-command",
                "env > environment; cat token",
                environment: [
                    "PINGONE_ACCESS_TOKEN": "planted", "PINGONE_API_ACCESS_TOKEN": "planted",
                    "PINGONE_CLIENT_SECRET": "planted", "PGPASSWORD": "planted", "PINGCLI_CONFIG": "kept",
                ]
            )
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            let environment = try desk.folder.text("environment")
            #expect(!environment.contains("planted"))
            #expect(environment.contains("PINGCLI_CONFIG=kept"))
            #expect(environment.contains("PINGONE_ENVIRONMENT_ID="))
            #expect(!(outcome.output + outcome.errors).contains(token))
            for name in try desk.folder.names where name.contains(".ledger") {
                #expect(desk.folder.bytes(name)?.range(of: Data(token.utf8)) == nil, "\(name) has the token")
            }
        }
    }

    @Test("ends with the run, when that is asked to stop and when it is killed", arguments: [SIGINT, SIGTERM, SIGKILL])
    func stopped(signal: Int32) async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...2))
            _ = try await Program.run("mkfifo", ["begun"], folder: desk.folder.url)
            let run = try desk.start(
                ["import", "users.csv", "--access-token-command", "echo $$ > begun; exec sleep 600"],
                environment: Self.noOther
            )
            let begun = try FileHandle(forReadingFrom: desk.folder.file("begun")).readToEnd() ?? Data()
            let process = try #require(pid_t(String(decoding: begun, as: UTF8.self).trimmingCharacters(in: .newlines)))
            run.send(signal)
            let outcome = await run.outcome()
            #expect(outcome.exitCode == (signal == SIGKILL ? -SIGKILL : 128 + signal), "\(outcome.errors)")
            // A process that nobody waits for any more is gone once it is not found.
            try await waitUntil { FileManager.default.contents(atPath: "/proc/\(process)/cmdline")?.isEmpty ?? true }
            #expect(try await desk.simulator.counters().requests == 0)
        }
    }
}
