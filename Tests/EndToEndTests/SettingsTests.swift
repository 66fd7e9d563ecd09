import Foundation
import TestKit
import Testing

@Suite("Flag, then variable, then file, then default", .serialized, .patient)
struct SettingsTests {
    private static let first = "302990c0-289d-40ec-a2ff-e7c7fd0cca63"
    private static let second = "550d3bdf-554b-4f9d-8825-ece15308673d"

    private struct Sent: Equatable {
        var provider: String?
        var update: String?

        init(_ provider: String?, _ update: String?) {
            self.provider = provider
            self.update = update
        }
    }

    /// Imports row `number` and tells which identity provider and update it was sent with.
    private func sent(
        _ desk: Desk,
        row number: Int,
        _ arguments: [String] = [],
        variable: String? = nil
    ) async throws -> Sent {
        try desk.folder.write(
            "users.csv",
            "userID,externalId,attributes.email\n\(Rows.user(number)),\(number),a@example.com\n"
        )
        let outcome = try await desk.start(
            ["import", "users.csv"] + arguments,
            environment: ["PINGONE_IDENTITY_PROVIDER_ID": variable]
        ).outcome()
        try #require(outcome.exitCode == 0, "\(outcome.errors)")
        let post = try #require(try await desk.simulator.journal().posts.last)
        #expect(post.externalID == String(number))
        let update = post.body?.firstMatch(of: /"update":"([A-Z_]+)"/)?.1
        return Sent(post.identityProviderID, update.map(String.init))
    }

    @Test("a flag wins over a variable, a variable over the file, a profile over the top of the file")
    func precedence() async throws {
        try await Desk.with { desk in
            try desk.folder.write(
                "pinglink.yaml",
                "idp: \(Self.second)\nupdate: ALWAYS\nprofiles:\n  other:\n    idp: \(Self.first)\n  empty:\n"
            )
            #expect(try await sent(desk, row: 1) == Sent(Self.second, "ALWAYS"))
            #expect(try await sent(desk, row: 2, variable: Self.first) == Sent(Self.first, "ALWAYS"))
            let flags = ["--idp", Self.second, "--update", "EMPTY_ONLY"]
            #expect(try await sent(desk, row: 3, flags, variable: Self.first) == Sent(Self.second, "EMPTY_ONLY"))
            #expect(try await sent(desk, row: 4, ["--profile", "other"]) == Sent(Self.first, "ALWAYS"))
            #expect(try await sent(desk, row: 5, ["--profile", "empty"]) == Sent(Self.second, "ALWAYS"))
        }
    }

    @Test("--config wins over ./pinglink.yaml, which wins over the one in the user's configuration folder")
    func places() async throws {
        try await Desk.with { desk in
            let folder = desk.folder.file(".config/pinglink")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try desk.folder.write(".config/pinglink/config.yaml", "update: ALWAYS\n")
            #expect(try await sent(desk, row: 1, variable: Self.first).update == "ALWAYS")
            try desk.folder.write("pinglink.yaml", "idp: \(Self.first)\n")
            #expect(try await sent(desk, row: 2).update == "EMPTY_ONLY")
            try desk.folder.write("c.yaml", "idp: \(Self.second)\nupdate: ALWAYS\n")
            #expect(try await sent(desk, row: 3, ["--config", "c.yaml"]) == Sent(Self.second, "ALWAYS"))
        }
    }

    @Test("an API URL is good with and without /v1, and with a slash behind it")
    func apiURL() async throws {
        try await Desk.with { desk in
            let url = try #require(desk.simulator.environment["PINGONE_AUTH_URL"])
            for (row, end) in ["", "/", "/v1", "/v1/"].enumerated() {
                let path = ["--api-url", url + end]
                #expect(try await sent(desk, row: row, path, variable: Self.first).provider == Self.first)
            }
        }
    }

    @Test("a custom domain gives the token without an environment in its address, and is told when it does not")
    func customDomain() async throws {
        try await Desk.with { desk in
            let url = try #require(desk.simulator.environment["PINGONE_AUTH_URL"])
            for (row, end) in ["/as", "/as/"].enumerated() {
                let flag = ["--auth-url", url + end]
                #expect(try await sent(desk, row: row, flag, variable: Self.first).provider == Self.first)
            }
            try desk.folder.write("users.csv", Rows.csv([7]))
            let outcome = try await desk.pinglink("import", "users.csv", "--auth-url", url + "/login/as")
            #expect(outcome.exitCode == 78)
            #expect(
                outcome.messages.hasPrefix(
                    "pinglink: error: No authorization server: \(url)/login/as/token answers 404. --auth-url with /as "
                ),
                "\(outcome.errors)"
            )
        }
    }

    @Test("the user's proxies are not for an address on this machine")
    func proxies() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv([1]))
            let nobody = "http://127.0.0.1:9"
            let outcome = try await desk.pinglink(
                "import",
                "users.csv",
                environment: ["http_proxy": nobody, "HTTPS_PROXY": nobody, "ALL_PROXY": nobody, "all_proxy": nobody]
            )
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
        }
    }

    @Test("the secret may stand in a file, and be sent in the body")
    func secretFile() async throws {
        try await Desk.with { desk in
            let secret = try #require(desk.simulator.environment["PINGONE_CLIENT_SECRET"])
            try desk.folder.write("secret", secret + "\n")
            for (row, method) in ["basic", "post"].enumerated() {
                try desk.folder.write("users.csv", Rows.csv([row]))
                let outcome = try await desk.pinglink(
                    "import",
                    "users.csv",
                    "--client-secret-file",
                    "secret",
                    "--auth-method",
                    method,
                    environment: ["PINGONE_CLIENT_SECRET": nil]
                )
                #expect(outcome.exitCode == 0, "\(outcome.errors)")
            }
        }
    }

    @Test("configuration and secret may come through pipes, whose writers take their time")
    func pipes() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv([1]))
            let program = try Program.built("pinglink").path
            let secret = try #require(desk.simulator.environment["PINGONE_CLIENT_SECRET"])
            // What cat copies here comes when pinglink has opened the pipe: both wait for each other there.
            for name in ["config", "secret"] {
                let made = try await Program.run("mkfifo", [name], folder: desk.folder.url)
                #expect(made.exitCode == 0)
            }
            try desk.folder.write("config.text", "limit: 1\n")
            try desk.folder.write("secret.text", secret)
            let command = """
                cat config.text > config & cat secret.text > secret &
                exec '\(program)' import users.csv --config config --client-secret-file secret
                """
            let outcome = try await Program(
                URL(filePath: "/bin/sh"),
                ["-c", command],
                environment: desk.environment.merging(["PINGONE_CLIENT_SECRET": "wrong", "PATH": "/usr/bin:/bin"]) {
                    $1
                },
                folder: desk.folder.url
            ).outcome()
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
        }
    }

    @Test("a token may be given instead; from a file it is read anew when it is refused")
    func tokenFile() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...30))
            try desk.folder.write("token", try await desk.simulator.freshToken() + "\n")
            try await desk.simulator.change(#"{"latencyMilliseconds": 2000}"#)
            let run = try desk.start(
                ["import", "users.csv", "--rate", "100", "--concurrency", "1", "--access-token-file", "token"],
                environment: ["PINGONE_CLIENT_SECRET": nil, "PINGONE_CLIENT_ID": nil]
            )
            // While the only worker waits for this answer, nobody shows a token.
            try await desk.simulator.hasSeen(posts: 1)
            try await desk.simulator.revokeTokens()
            try desk.folder.write("token", try await desk.simulator.freshToken() + "\n")
            try await desk.simulator.change(#"{"latencyMilliseconds": 0}"#)
            let outcome = await run.outcome()
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(try await desk.simulator.links().count == 30)
            #expect(try await desk.simulator.counters().tokensIssued == 2)
        }
    }

    @Test("columns are found by --map and left out by --ignore, and their names need not be spelled exactly")
    func columns() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", "USER_ID,Login,note,External-Id\n\(Rows.user(1)),a,b,1\n")
            let mapped = try await desk.pinglink(
                "import",
                "users.csv",
                "--map",
                "Login=attributes.nickname:ALWAYS",
                "--ignore",
                "note"
            )
            #expect(mapped.exitCode == 0, "\(mapped.errors)")
            let body = try await desk.simulator.journal().posts.last?.body
            #expect(
                body?.hasSuffix(#""externalId":"1","attributes":{"nickname":{"value":"a","update":"ALWAYS"}}}"#) == true
            )

            try desk.folder.write("more.csv", "userid;externalid;x;y\n\(Rows.user(2));2;a;b\n")
            let ignored = try await desk.pinglink("import", "more.csv", "--ignore", "*", "--delimiter", ";")
            #expect(ignored.exitCode == 0, "\(ignored.errors)")
            #expect(try await desk.simulator.journal().posts.last?.body?.contains("attributes") == false)
        }
    }
}
