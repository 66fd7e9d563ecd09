import Foundation
import TestKit
import Testing

@Suite("Signing on with what is signed", .serialized, .patient)
struct SignOnTests {
    private static let rsa = "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out private.pem"
    private static func ec(_ curve: String) -> String {
        "openssl ecparam -name \(curve) -genkey -noout -out private.pem"
    }

    /// A pair of keys in a folder of its own: `private.pem`, `public.pem`.
    private static func keys(_ making: String) async throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let made = try await Program.run(
            "sh",
            ["-ec", "\(making); openssl pkey -in private.pem -pubout -out public.pem"],
            folder: folder.url
        )
        try #require(made.exitCode == 0, "\(made.errors)")
        return folder
    }

    @Test("the simulator tells a key that is not there from one that is none")
    func simulatorsKey() async throws {
        let folder = try TemporaryFolder()
        try folder.write("note", "no key\n")
        for (file, what) in [("none", "cannot be read. Check the path"), ("note", "holds no public key")] {
            let outcome = try await Program(
                try Program.built("pingone-simulator"),
                ["--port", "0", "--client-key", file],
                environment: [:],
                folder: folder.url
            ).outcome()
            #expect(outcome.exitCode == 66)
            #expect(outcome.errors.hasPrefix("pingone-simulator: --client-key: \(file) \(what)"), "\(outcome.errors)")
        }
    }

    private static let withoutSecret: [String: String?] = ["PINGONE_CLIENT_SECRET": nil]

    @Test(
        "a private key of each kind opens a PingOne that takes nothing else, and none of it is shown",
        arguments: [rsa, ec("prime256v1"), ec("secp384r1"), ec("secp521r1")]
    )
    func privateKeys(making: String) async throws {
        let keys = try await Self.keys(making)
        let simulator = ["--client-key", keys.path("public.pem"), "--auth-methods", "private-key-jwt"]
        try await RunningSimulator.with(simulator + ["--token-lifetime", "8"]) { simulator in
            let desk = Desk(folder: try TemporaryFolder(), simulator: simulator)
            try desk.folder.write("users.csv", Rows.csv(1...100))
            let outcome = try await desk.pinglink(
                "import",
                "users.csv",
                "-v",
                "--rate",
                "12",
                "--auth-method",
                "private-key-jwt",
                "--private-key-file",
                keys.path("private.pem"),
                "--key-id",
                "k1",
                environment: Self.withoutSecret
            )
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(try await simulator.counters().tokensIssued > 1, "an assertion for each token")
            let lines = try keys.text("private.pem").split(separator: "\n").filter { !$0.hasPrefix("-") }
            for line in lines { #expect(!(outcome.output + outcome.errors).contains(line)) }
            for name in try desk.folder.names where name.contains(".ledger") {
                for line in lines { #expect(desk.folder.bytes(name)?.range(of: Data(line.utf8)) == nil) }
            }
        }
    }

    @Test("what the secret has signed does so too, and all may stand in variables")
    func secret() async throws {
        try await Desk.with("--auth-methods", "client-secret-jwt") { desk in
            try desk.folder.write("users.csv", Rows.csv(1...3))
            let outcome = try await desk.pinglink(
                "import",
                "users.csv",
                environment: ["PINGONE_AUTH_METHOD": "client-secret-jwt"]
            )
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
        }
    }

    @Test("over TLS and on a custom domain the address that was called is the one that was signed")
    func customDomain() async throws {
        let keys = try await Self.keys(Self.ec("prime256v1"))
        try await RunningSimulator.with(["--client-key", keys.path("public.pem")]) { simulator in
            let desk = Desk(folder: try TemporaryFolder(), simulator: simulator)
            try desk.folder.write("users.csv", Rows.csv(1...3))
            try await TLSFront.with(desk, host: "localhost") { front in
                let outcome = try await desk.pinglink(
                    "import",
                    "users.csv",
                    "--auth-url",
                    front.url + "/as",
                    environment: [
                        "PINGONE_API_URL": front.url, "NO_PROXY": "*", "PINGLINK_CA_FILE": front.certificate,
                        "PINGONE_AUTH_METHOD": "private-key-jwt", "PINGONE_CLIENT_SECRET": nil,
                        "PINGONE_PRIVATE_KEY_FILE": keys.path("private.pem"), "PINGONE_KEY_ID": "k1",
                    ]
                )
                #expect(outcome.exitCode == 0, "\(outcome.errors)")
            }
        }
    }

    @Test("a refusal says what to look at")
    func refused() async throws {
        let keys = try await Self.keys(Self.rsa)
        let other = try await Self.keys(Self.rsa)
        let simulator = ["--client-key", keys.path("public.pem"), "--auth-methods", "private-key-jwt"]
        try await RunningSimulator.with(simulator) { simulator in
            let desk = Desk(folder: try TemporaryFolder(), simulator: simulator)
            try desk.folder.write("users.csv", Rows.csv(1...3))
            let bySecret = try await desk.pinglink("import", "users.csv")
            #expect(bySecret.exitCode == 77)
            #expect(
                bySecret.messages.hasPrefix(
                    "pinglink: error: The authorization server refuses the worker application (HTTP 401, invalid_client). It "
                        + "takes another --auth-method than basic: see the application's token endpoint authentication "
                        + "method in PingOne.\n"
                ),
                "\(bySecret.errors)"
            )
            let byOther = try await desk.pinglink(
                "import",
                "users.csv",
                "--auth-method",
                "private-key-jwt",
                "--private-key-file",
                other.path("private.pem")
            )
            #expect(byOther.exitCode == 77)
            #expect(
                byOther.messages.hasPrefix(
                    "pinglink: error: The authorization server refuses the worker application (HTTP 401, invalid_client). "
                        + "Check client id, --auth-method and --auth-environment, and that PingOne has the public key of "
                        + "--private-key-file, under this --key-id.\n"
                ),
                "\(byOther.errors)"
            )
        }
    }

    @Test("a key that is not fit is told before anything is sent, with the command that mends it")
    func unfit() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...3))
            let made = try await Program.run(
                "openssl",
                ["genpkey", "-algorithm", "RSA", "-aes256", "-pass", "pass:x", "-out", "my key.pem"],
                folder: desk.folder.url
            )
            #expect(made.exitCode == 0)
            let what =
                "my key.pem: the key is encrypted, and nobody is there to ask for its passphrase. Write it without one, "
                + "readable for you alone: openssl pkey -in 'my key.pem' -out pinglink-key.pem\n"
            let method = ["import", "users.csv", "--auth-method", "private-key-jwt"]
            let flag = try await desk.start(method + ["--private-key-file", "my key.pem"]).outcome()
            #expect(flag.exitCode == 64)
            #expect(flag.errors == "pinglink: --private-key-file: \(what)")
            let variable = try await desk.start(method, environment: ["PINGONE_PRIVATE_KEY_FILE": "my key.pem"])
                .outcome()
            #expect(variable.exitCode == 64)
            #expect(variable.errors == "pinglink: PINGONE_PRIVATE_KEY_FILE: \(what)")
            try desk.folder.write("c.yaml", "auth-method: private-key-jwt\nprivate-key-file: my key.pem\n")
            let file = try await desk.pinglink("import", "users.csv", "--config", "c.yaml")
            #expect(file.exitCode == 78)
            #expect(file.errors == "pinglink: c.yaml: line 2: private-key-file: \(what)")
            #expect(try await desk.simulator.counters().requests == 0)
            #expect(try await desk.simulator.counters().tokensIssued == 0)
        }
    }
}
