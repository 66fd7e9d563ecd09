import Foundation
import TestKit
import Testing

@Suite("Secrets and cell values stay where they belong", .serialized, .patient)
struct SecrecyTests {
    /// Rows with something planted in every place in which a value can be, good ones and bad ones of each kind.
    private static let rows = """
        userID,externalId,attributes.email,attributes,providerAttributes.email
        \(Rows.user(1)),a-1,planted-1@example.com,,
        \(Rows.user(2)),a-2,,"{""nickname"":{""value"":""planted-2"",""update"":""ALWAYS""}}",planted-2@example.com
        \(Rows.user(3)),a-3,,{planted-3},
        \(Rows.user(4)),a-4,planted-4@example.com,"{""email"":""planted-5""}",
        planted-6,a-6,,,
        \(Rows.user(7)),,planted-7@example.com,,
        \(Rows.user(8)),a-8,,"{""name"":""planted-8""}",
        \(Rows.user(9)),a-9,planted-9,too,many,planted-10
        \(Rows.user(10)),a-10,=planted('10'),,planted-11@example.com

        """

    /// All that the commands of this desk have said and left, by name.
    private final class Traces {
        private var all: [(name: String, text: String)] = []
        private let desk: Desk
        private let inputs: [String]

        /// The files that are in the folder now are inputs.
        init(_ desk: Desk) throws {
            self.desk = desk
            inputs = try desk.folder.names
        }

        func run(_ arguments: [String], exitCode: Int32, environment: [String: String?] = [:]) async throws {
            let outcome = try await desk.start(arguments, environment: environment).outcome()
            let name = arguments.joined(separator: " ")
            #expect(outcome.exitCode == exitCode, "\(name): \(outcome.errors)")
            #expect(!(outcome.output + outcome.errors).isEmpty, "\(name) says nothing")
            all += [(name, outcome.output), (name, outcome.errors)]
        }

        /// Nothing that was said, and no file but those that hold the input's rows, has a value; nothing at all has a
        /// secret.
        func check(secrets: [String]) throws {
            for name in try desk.folder.names where !inputs.contains(name) {
                all.append((name, String(decoding: desk.folder.bytes(name) ?? Data(), as: UTF8.self)))
            }
            for trace in all {
                let holdsRows = trace.name.hasSuffix(".rejects.csv") || trace.name.hasSuffix(".retry.csv")
                #expect(holdsRows || !trace.text.contains("planted"), "\(trace.name): \(trace.text)")
                for secret in secrets + ["Bearer", "Basic "] {
                    #expect(!trace.text.contains(secret), "\(trace.name): \(trace.text)")
                }
            }
        }
    }

    private static let json = ["-v", "--log-format", "json"]
    private static let mapped = ["users.csv", "--mappings-file", "mappings.csv"]

    private func prepare(_ desk: Desk) throws -> (Traces, secret: String) {
        try desk.folder.write("users.csv", Self.rows)
        try desk.folder.write("mappings.csv", "name,value\nemail,planted-14 ${providerAttributes.email}\n")
        return (try Traces(desk), try #require(desk.simulator.environment["PINGONE_CLIENT_SECRET"]))
    }

    @Test("validate, dry run, an import among faults, status and export say no secret and no attribute's value")
    func importing() async throws {
        try await Desk.with { desk in
            let (traces, secret) = try prepare(desk)
            try await traces.run(["validate"] + Self.mapped + ["-v"], exitCode: 1)
            try await traces.run(["import", "--dry-run"] + Self.mapped + ["-v"], exitCode: 1)
            try await desk.simulator.change(
                #"{"faults": "500=0.2,broken-json=0.2,truncated=0.1,apply-then-reset=0.1,only=POST"}"#
            )
            try await traces.run(["import", "--metrics-file", "m.prom"] + Self.mapped + Self.json, exitCode: 1)
            try await traces.run(["status", "users.csv.ledger", "--json"], exitCode: 0)
            try await traces.run(["export", "users.csv.ledger"], exitCode: 0)
            #expect(desk.folder.has("m.prom") && desk.folder.has("users.csv.ledger"))
            try traces.check(secrets: [secret])
        }
    }

    @Test("nor do verify and undo, with a token of one's own, nor a refusal of token or secret")
    func ownToken() async throws {
        try await Desk.with { desk in
            let token = try await desk.simulator.freshToken()
            try desk.folder.write("token", token)
            let (traces, secret) = try prepare(desk)
            let byToken: [String: String?] = ["PINGONE_CLIENT_SECRET": nil, "PINGONE_CLIENT_ID": nil]
            let tokenFile = ["--access-token-file", "token"]
            let ledger = ["users.csv.ledger"]
            try await traces.run(["import"] + Self.mapped + tokenFile + ["-v"], exitCode: 1, environment: byToken)
            try await traces.run(["verify", "--output", "proof.csv"] + ledger + Self.json, exitCode: 0)
            try await traces.run(["undo", "--yes"] + ledger + Self.json, exitCode: 0)
            try await desk.simulator.revokeTokens()
            let again = ["import", "--ledger", "other"] + Self.mapped
            try await traces.run(again + tokenFile + ["-v"], exitCode: 77, environment: byToken)
            try await traces.run(again + ["--client-secret-file", "token", "-v"], exitCode: 77)
            try traces.check(secrets: [secret, token])
        }
    }

    @Test("nor do users' names and mappings come out")
    func namesAndMappings() async throws {
        try await Desk.with("--mappings", "core") { desk in
            let named = "userID,externalId\nplanted-13,b-1\nuser-\(Rows.user(20))@example.com,b-2\n"
            try desk.folder.write("named.csv", named)
            let (traces, secret) = try prepare(desk)
            try await traces.run(["import", "named.csv", "--user-key", "username"] + Self.json, exitCode: 1)
            try await traces.run(["import", "users.csv", "--mappings", "-v"], exitCode: 1)
            try await traces.run(["mappings", "list", "-v"], exitCode: 0)
            try traces.check(secrets: [secret, "user-\(Rows.user(20))"])
        }
    }

    @Test("while it runs, its arguments have no secret, its files no value, and it leaves no core")
    func running() async throws {
        try await Desk.with("--faults", "stall=1,only=POST") { desk in
            let secret = try #require(desk.simulator.environment["PINGONE_CLIENT_SECRET"])
            try desk.folder.write("secret", secret)
            try desk.folder.write(
                "users.csv",
                "userID,externalId,attributes.email\n\(Rows.user(1)),a-1,planted@example.com\n"
            )
            let keys = desk.folder.path("keys")
            let run = try desk.start(
                ["import", "users.csv", "--client-secret-file", "secret", "-v"],
                environment: ["PINGONE_CLIENT_SECRET": nil, "SSLKEYLOGFILE": keys]
            )
            try await desk.simulator.hasSeen(posts: 1)
            func state(_ name: String) throws -> String {
                String(decoding: try Data(contentsOf: URL(filePath: "/proc/\(run.processID)/\(name)")), as: UTF8.self)
            }
            #expect(try !state("cmdline").contains(secret))
            #expect(try !state("environ").contains(secret))
            #expect(try state("limits").contains(#/Max core file size +0 +0 +bytes/#))
            for name in try desk.folder.names where name.contains(".ledger") {
                let bytes = try #require(desk.folder.bytes(name))
                for text in [secret, "planted", "Bearer"] {
                    #expect(bytes.range(of: Data(text.utf8)) == nil, "\(name) has \(text)")
                }
            }
            run.send(SIGKILL)
            let outcome = await run.outcome()
            #expect(!(outcome.output + outcome.errors).contains(/planted|Bearer/))
            #expect(!desk.folder.has("keys"))
        }
    }

    @Test("there is no flag, variable or key for a secret in plain sight, and none that turns verification off")
    func noSuchSwitch() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv([1]))
            for flag in [
                "--client-secret=s", "--access-token=s", "--insecure", "-k", "--no-verify", "--tls-verify=false",
            ] {
                let outcome = try await desk.pinglink("import", "users.csv", flag)
                #expect(outcome.exitCode == 64, "\(flag): \(outcome.errors)")
            }
            for key in ["client-secret: s", "access-token: s", "insecure: true", "verify: false"] {
                try desk.folder.write("c.yaml", key + "\n")
                let outcome = try await desk.pinglink("import", "users.csv", "--config", "c.yaml")
                #expect(outcome.exitCode == 78, "\(key): \(outcome.errors)")
            }
            #expect(try await desk.simulator.counters().requests == 0)
        }
    }
}
