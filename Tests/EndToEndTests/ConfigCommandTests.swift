import Foundation
import TestKit
import Testing

@Suite("config show: each setting with the place that it comes from", .patient)
struct ConfigCommandTests {
    @Test("says what holds and where each value is from")
    func text() async throws {
        let configuration = try Configuration(
            """
            environment: 123e4567-e89b-42d3-a456-426614174000
            concurrency: 8
            proxy: http://me:s3cret@proxy.example:3128
            map: [Login=externalId, Mail=attributes.email]
            profiles:
              night:
                region: eu
                concurrency: 4

            """
        )
        let outcome = try await configuration.run(
            ["config", "show", "--profile", "night", "--rate", "50", "--strict"],
            environment: ["PINGONE_CLIENT_ID": "5f1d3a52", "PINGONE_CLIENT_SECRET": "s3cret", "PINGONE_REGION": ""]
        )
        #expect(outcome.exitCode == 0)
        #expect(outcome.errors == "")
        #expect(
            outcome.output == """
                configuration file: pinglink.yaml, profile night
                signs on with: client-secret

                environment          123e4567-e89b-42d3-a456-426614174000 pinglink.yaml: line 1
                idp                  -
                region               eu                                   pinglink.yaml: line 7,
                                                                          profile night
                api-url              https://api.pingone.eu/v1            follows from region
                auth-url             https://auth.pingone.eu              follows from region
                auth-environment     123e4567-e89b-42d3-a456-426614174000 follows from
                                                                          environment
                client-id            5f1d3a52                             PINGONE_CLIENT_ID
                client-secret-file   -
                client-secret        set                                  PINGONE_CLIENT_SECRET
                access-token-file    -
                access-token-command -
                access-token         -
                auth-method          basic                                default
                private-key-file     -
                key-id               -
                ca-file              -
                proxy                http://••••@proxy.example:3128       pinglink.yaml: line 3
                rate                 50                                   --rate
                max-rate             -
                concurrency          4                                    pinglink.yaml: line 8,
                                                                          profile night
                timeout              30                                   default
                attempts             5                                    default
                max-wait             5m                                   default
                max-failures         50%                                  default
                encoding             UTF-8                                default
                delimiter            auto                                 default
                update               EMPTY_ONLY                           default
                user-key             -
                user-index           auto                                 default
                map                  Login=externalId,                    pinglink.yaml: line 4
                                     Mail=attributes.email
                ignore               -
                accept-damaged-ids   false                                default
                mappings             false                                default
                mappings-file        -
                strict               true                                 --strict
                ledger               FILE.ledger                          follows from the input
                ledger-schema        pinglink                             default
                lease                30s                                  default
                ledger-patience      5m                                   default
                rejects              FILE.rejects.csv                     follows from the input
                retry-file           FILE.retry.csv                       follows from the input
                retry                -
                limit                -
                max-duration         -
                until                -
                progress             auto                                 default
                log-format           text                                 default
                quiet                false                                default
                metrics-file         -
                metrics-label        -
                report-file          -

                """
        )
    }

    @Test("fits 80 columns, whatever is in it, and loses nothing; programs get it as it is")
    func width() async throws {
        let path = "/srv/" + String(repeating: "long-folder/", count: 12) + "secret"
        let configuration = try Configuration(
            "profiles:\n  a-long-name-for-a-profile:\n    client-secret-file: \(path)\n"
        )
        let arguments = ["--profile", "a-long-name-for-a-profile", "--ignore", String(repeating: "x", count: 200)]
        let outcome = try await configuration.run(
            ["config", "show"] + arguments,
            environment: ["PINGONE_IDENTITY_PROVIDER_ID": "302990c0-289d-40ec-a2ff-e7c7fd0cca63"]
        )
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 80 }, "\(outcome.output)")
        #expect(lines.contains { $0.contains(" 302990c0-289d-40ec-a2ff-e7c7fd0cca63 ") })
        #expect(outcome.output.count { $0 == "x" } >= 200)
        #expect(try await configuration.show(arguments).settings["client-secret-file"]?.value == .one(path))
    }

    @Test("a flag wins over a variable, that over the profile, that over the top of the file, that over the default")
    func precedence() async throws {
        let configuration = try Configuration("region: ca\nprofiles:\n  p:\n    region: eu\n  q:\n    rate: 5\n")
        func region(_ arguments: [String], _ variable: String = "") async throws -> ShownSettings.Setting? {
            try await configuration.show(arguments, environment: ["PINGONE_REGION": variable]).settings["region"]
        }
        #expect(
            try await region(["--profile", "p", "--region", "sg"], "asia")
                == .init(value: .one("sg"), source: "flag", place: "--region")
        )
        #expect(
            try await region(["--profile", "p"], "asia")
                == .init(value: .one("asia"), source: "variable", place: "PINGONE_REGION")
        )
        #expect(
            try await region(["--profile", "p"])
                == .init(value: .one("eu"), source: "profile", place: "pinglink.yaml: line 4, profile p")
        )
        #expect(
            try await region(["--profile", "q"])
                == .init(value: .one("ca"), source: "file", place: "pinglink.yaml: line 1")
        )
        try configuration.folder.write("pinglink.yaml", "rate: 5\n")
        #expect(try await region([]) == .init(value: .one("com"), source: "default", place: "default"))
    }

    @Test("every setting but the secrets is taken from its flag")
    func flags() async throws {
        let configuration = try Configuration("")
        let settings = try await configuration.show().settings.filter {
            !["client-secret", "access-token"].contains($0.key)
        }
        let arguments = settings.sorted { $0.key < $1.key }.flatMap { name, setting in
            setting.value == .one("false") ? ["--\(name)"] : ["--\(name)", "given"]
        }
        let shown = try await configuration.show(arguments).settings
        for name in settings.keys { #expect(shown[name]?.place == "--\(name)", "\(name)") }
    }

    @Test("a value that an import would refuse is shown, with what is wrong with it and the import's exit code")
    func wrongValues() async throws {
        let configuration = try Configuration("rate: banana\n")
        let rate = "expected auto, or a number from 0.001 to 100000.\n"
        let inFile = try await configuration.run(["config", "show"])
        #expect(inFile.exitCode == 78)
        #expect(inFile.output.contains(/\nrate +banana +pinglink\.yaml: line 1\n/))
        #expect(inFile.errors == "pinglink: pinglink.yaml: line 1: rate: " + rate)
        let flag = try await configuration.run(["config", "show", "--json", "--rate", "fast"])
        #expect(flag.exitCode == 64)
        #expect(try flag.json(ShownSettings.self).settings["rate"]?.value == .one("fast"))
        #expect(flag.errors == "pinglink: --rate: " + rate)
    }

    @Test("what an import says about a value, config show says too", arguments: Misuse.values)
    func sameWords(misuse: Misuse) async throws {
        let outcome = try await Configuration("").run(["config", "show"] + misuse.arguments.dropFirst(2))
        #expect(outcome.exitCode == misuse.exitCode)
        #expect(outcome.errors.contains(misuse.message), "\(outcome.errors)")
    }

    @Test("a fixed rate sets aside a bound that was given with less precedence, and no other")
    func fixedRate() async throws {
        let bound = try Configuration("max-rate: 100\n")
        let flag = try await bound.run(["config", "show", "--rate", "50"])
        #expect(flag.exitCode == 0, "\(flag.errors)")
        let both = try Configuration("max-rate: 100\nrate: 50\n")
        let refused = try await both.run(["config", "show"])
        #expect(refused.exitCode == 78)
        #expect(
            refused.errors
                == "pinglink: pinglink.yaml: line 1: max-rate: bounds --rate auto; with a fixed rate (pinglink.yaml: line 2: "
                + "rate) there is nothing to bound. Leave one out, or give --rate auto.\n"
        )
        let auto = try await both.run(["config", "show", "--rate", "auto"])
        #expect(auto.exitCode == 0, "\(auto.errors)")
    }

    @Test("an empty list in a profile takes the list at the top away")
    func emptyList() async throws {
        let configuration = try Configuration("ignore: [a]\nprofiles:\n  p: {ignore: []}\n")
        #expect(try await configuration.show(["--profile", "p"]).settings["ignore"]?.value == .many([]))
    }

    @Test("says which file was taken, and where it was looked for")
    func files() async throws {
        let configuration = try Configuration("rate: 5\n")
        let folder = configuration.folder
        let home = folder.path + "/.config/pinglink/config.yaml"
        var shown = try await configuration.show()
        #expect(shown.configurationFile == "pinglink.yaml")
        #expect(shown.lookedFor == ["pinglink.yaml", home])

        try FileManager.default.removeItem(at: folder.file("pinglink.yaml"))
        let outcome = try await configuration.run(["config", "show"])
        let signature = try #require(outcome.output.firstRange(of: "signs on with"))
        let head = outcome.output.prefix(upTo: signature.lowerBound).replacing("\n", with: "")
        #expect(head.hasPrefix("configuration file: none; looked for pinglink.yaml,"))
        #expect(head.contains(home.suffix(30)))

        try FileManager.default.createDirectory(
            at: folder.file("xdg/pinglink"),
            withIntermediateDirectories: true
        )
        try folder.write("xdg/pinglink/config.yaml", "rate: 6\n")
        shown = try await configuration.show(environment: ["XDG_CONFIG_HOME": folder.path + "/xdg"])
        #expect(shown.configurationFile == folder.path + "/xdg/pinglink/config.yaml")
        #expect(shown.settings["rate"]?.value == .one("6"))
        shown = try await configuration.show(environment: ["XDG_CONFIG_HOME": "xdg"])
        #expect(shown.configurationFile == nil)
        #expect(shown.lookedFor == ["pinglink.yaml", home])

        try folder.write("other.yaml", "rate: 7\n")
        shown = try await configuration.show(["--config", "other.yaml"])
        #expect(shown.configurationFile == "other.yaml")
        #expect(shown.lookedFor == ["other.yaml"])
    }

    @Test(
        "what is signed on with: the highest in precedence, among equals the token",
        arguments: [
            (["PINGONE_CLIENT_SECRET": "s"], [], "client-secret"),
            (["PINGONE_CLIENT_SECRET": "s", "PINGONE_ACCESS_TOKEN": "t"], [], "access-token"),
            (["PINGONE_ACCESS_TOKEN": "t"], ["--client-secret-file", "f"], "client-secret-file"),
            (["PINGONE_CLIENT_SECRET": "s"], ["--profile", "secret"], "client-secret"),
            ([:], ["--profile", "secret"], "client-secret-file"),
            ([:], [], "access-token-file"),
        ] as [([String: String], [String], String)]
    )
    func credential(environment: [String: String], arguments: [String], name: String) async throws {
        let configuration = try Configuration("access-token-file: t\nprofiles:\n  secret: {client-secret-file: s}\n")
        #expect(try await configuration.show(arguments, environment: environment).signsOnWith == name)
    }

    @Test("shows no secret")
    func secrets() async throws {
        let configuration = try Configuration(
            "proxy: 'http://me:s3cret@proxy.example:3128'\napi-url: https://s3cret@a/v1\n"
        )
        let environment = [
            "PINGONE_CLIENT_SECRET": "s3cret", "PINGONE_ACCESS_TOKEN": "s3cret", "HTTPS_PROXY": "http://me:s3cret@p",
        ]
        for arguments in [[], ["--json"], ["--proxy", "me:s3cret@p:1"], ["--auth-url", "https://a:s3cret@b"]] {
            let outcome = try await configuration.run(["config", "show"] + arguments, environment: environment)
            #expect(outcome.errors.contains("not a URL of the form"))
            #expect(!(outcome.output + outcome.errors).contains("s3cret"))
        }
    }

    @Test("says that curl's variables name the proxy when no setting does")
    func curlsProxy() async throws {
        let shown = try await Configuration("").show(environment: ["HTTPS_PROXY": "http://p", "NO_PROXY": "a"])
        #expect(
            shown.settings["proxy"]
                == .init(value: .one("as curl reads it"), source: "implied", place: "HTTPS_PROXY, NO_PROXY")
        )
    }
}
