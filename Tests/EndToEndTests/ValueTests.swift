import Foundation
import TestKit
import Testing

@Suite("Values of variables and of secrets' files", .serialized, .patient)
struct ValueTests {
    @Test(
        "white space, line breaks and a byte order mark around a value are no part of it",
        arguments: ["\n", "\r\n", " ", "\t\n\n"]
    )
    func surroundings(end: String) async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...2))
            let variables = desk.simulator.environment.mapValues { Optional("\u{FEFF} " + $0 + end) }
            let outcome = try await desk.pinglink("import", "users.csv", environment: variables)
            #expect(outcome.exitCode == 0, "\(outcome.errors)")

            let secret = try #require(desk.simulator.environment["PINGONE_CLIENT_SECRET"])
            try desk.folder.write("secret", "\u{FEFF}\(secret)\(end)")
            let file = try await desk.pinglink(
                "import",
                "users.csv",
                "--dry-run",
                "--client-secret-file",
                "secret",
                environment: ["PINGONE_CLIENT_SECRET": nil]
            )
            #expect(file.exitCode == 0, "\(file.errors)")
        }
    }

    @Test("a control character inside a value is an error that names the place and not the value")
    func controlCharacters() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...2))
            let value = "front\nback"
            for name in ["PINGONE_CLIENT_SECRET", "PINGONE_CLIENT_ID", "PINGONE_ENVIRONMENT_ID", "PINGONE_API_URL"] {
                let outcome = try await desk.pinglink("import", "users.csv", environment: [name: value])
                #expect(outcome.exitCode == 64)
                #expect(
                    outcome.errors == "pinglink: \(name): a control character is in it, such as a line break. "
                        + "Give one value.\n"
                )
            }
            try desk.folder.write("value", value)
            for flag in ["--client-secret-file", "--access-token-file"] {
                let outcome = try await desk.pinglink("import", "users.csv", flag, "value")
                #expect(outcome.exitCode == 64)
                #expect(
                    outcome.errors == "pinglink: \(flag): value: a control character is in it, such as a line break. "
                        + "Leave one value in it.\n"
                )
            }
            try Data("secret".utf16.flatMap { [UInt8(truncatingIfNeeded: $0), 0] }).write(to: desk.folder.file("value"))
            let wide = try await desk.pinglink("import", "users.csv", "--client-secret-file", "value")
            #expect(wide.exitCode == 64)
            #expect(try await desk.simulator.counters().requests == 0)
        }
    }

    @Test("the names of Ping's newer tools are read where ours are not set")
    func otherNames() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...2))
            let token = try await desk.simulator.freshToken()
            let outcome = try await desk.pinglink(
                "import",
                "users.csv",
                environment: ["PINGONE_CLIENT_SECRET": nil, "PINGONE_API_ACCESS_TOKEN": token + "\n"]
            )
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
        }
        let configuration = try Configuration("")
        let code = try await configuration.show(environment: ["PINGONE_REGION_CODE": "EU"]).settings["region"]
        #expect(code == .init(value: .one("EU"), source: "variable", place: "PINGONE_REGION_CODE"))
        let both = ["PINGONE_REGION_CODE": "EU", "PINGONE_REGION": "ca"]
        #expect(try await configuration.show(environment: both).settings["region"]?.place == "PINGONE_REGION")
    }

    @Test("a token's file that is replaced after a refusal lets the run go on")
    func tokenFile() async throws {
        // One row after the other, so slow that most are still to be sent when the token is revoked.
        try await Desk.with("--latency", "500") { desk in
            try desk.folder.write("users.csv", Rows.csv(1...100))
            try desk.folder.write("token", try await desk.simulator.freshToken())
            let run = try desk.start(["import", "users.csv", "--concurrency", "1", "--access-token-file", "token"])
            try await desk.simulator.hasSeen(posts: 2)
            try await desk.simulator.revokeTokens()
            try await desk.simulator.change(#"{"latencyMilliseconds": 0}"#)
            try await desk.simulator.hasAnswered(with: 401)
            try desk.folder.write("token", try await desk.simulator.freshToken())
            let outcome = await run.outcome()
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(try await desk.simulator.links().count == 100)
        }
    }
}
