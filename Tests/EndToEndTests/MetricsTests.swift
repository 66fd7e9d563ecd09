import Foundation
import TestKit
import Testing

@Suite("import --metrics-file: the figures for a monitoring", .serialized, .patient)
struct MetricsTests {
    private static func figure(_ name: String, _ text: String) -> String? {
        text.split(separator: "\n").first { $0.hasPrefix(name + " ") }?.split(separator: " ").last.map(String.init)
    }

    @Test(
        "an import that fails before it begins leaves its exit code and the last success",
        arguments: [
            (["missing.csv"], [:], 66), (["broken.csv"], [:], 65), (["users.csv", "--rate", "fast"], [:], 64),
            (["users.csv", "--config", "missing.yaml"], [:], 78),
            (["users.csv", "--ledger", "missing/l"], [:], 73),
            (["users.csv", "--api-url", "http://127.0.0.1:1/v1"], [:], 69),
            (["users.csv"], ["PINGONE_CLIENT_SECRET": "guessed"], 77),
        ] as [([String], [String: String?], Int32)]
    )
    func failures(arguments: [String], environment: [String: String?], exitCode: Int32) async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...2))
            try desk.folder.write("broken.csv", "userID,externalId\n\"\(Rows.user(1)),1\n")
            _ = try await desk.importing("users.csv", "--metrics-file", "m.prom", "--ledger", "first")
            let success = try #require(
                try Self.figure("pinglink_last_success_timestamp_seconds", desk.folder.text("m.prom"))
            )
            let command = ["import"] + arguments + ["--metrics-file", "m.prom"]
            let outcome = try await desk.start(command, environment: environment).outcome()
            #expect(outcome.exitCode == exitCode, "\(outcome.errors)")
            let text = try desk.folder.text("m.prom")
            #expect(Self.figure("pinglink_last_run_exit_code", text) == "\(exitCode)")
            #expect(Self.figure("pinglink_last_success_timestamp_seconds", text) == success)
            #expect(!desk.folder.has("m.prom.part"))
        }
    }

    @Test("a run that another one keeps out, and a dry run, leave the figures alone")
    func notMine() async throws {
        try await Desk.with("--latency", "100") { desk in
            try desk.folder.write("users.csv", Rows.csv(1...400))
            let first = try desk.start(["import", "users.csv", "--rate", "4"])
            try await desk.simulator.hasSeen(posts: 5)
            let second = try await desk.pinglink("import", "users.csv", "--metrics-file", "m.prom")
            #expect(second.exitCode == 75)
            first.send(SIGKILL)
            _ = await first.outcome()
            _ = try await desk.pinglink("import", "users.csv", "--metrics-file", "m.prom", "--dry-run")
            #expect(!desk.folder.has("m.prom"))
        }
    }

    @Test(
        "a failure is written over no other file, whatever the settings say",
        arguments: ["users.csv", "users.csv.ledger", "notes.txt", "pipe"]
    )
    func otherFiles(path: String) async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...2))
            _ = try await desk.importing("users.csv")
            if path == "notes.txt" { try desk.folder.write(path, "mine\n") }
            if path == "pipe" { #expect(mkfifo(desk.folder.file(path).path, 0o600) == 0) }
            let before = path == "pipe" ? nil : desk.folder.bytes(path)
            let outcome = try await desk.pinglink("import", "users.csv", "--metrics-file", path, "--rate", "fast")
            #expect(outcome.exitCode == 64)
            if path != "pipe" { #expect(desk.folder.bytes(path) == before) }
            #expect(try !desk.folder.names.contains { $0.hasSuffix(".part") })
        }
    }

    private static func finds(_ program: String) -> Bool {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return path.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
    }

    @Test(
        "promtool finds nothing to say against the file, with and without a label",
        .enabled(if: finds("promtool"), "There is no promtool: apt-get install prometheus"),
        arguments: [[], ["--metrics-label", "hr \"nightly\""]]
    )
    func promtool(label: [String]) async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...2) + "carla,3\n")
            _ = try await desk.start(["import", "users.csv", "--metrics-file", "m.prom"] + label).outcome()
            if !label.isEmpty {
                #expect(
                    try desk.folder.text("m.prom").contains(#"pinglink_rows{import="hr \"nightly\"",state="linked"} 2"#)
                )
            }
            let check = try await Program.run(
                "promtool",
                ["check", "metrics"],
                folder: desk.folder.url,
                input: desk.folder.file("m.prom")
            )
            #expect(check.exitCode == 0)
            #expect(check.output + check.errors == "")
        }
    }

    @Test(
        "samples/alerts.yml alerts when it should, and not when all is well",
        .enabled(if: finds("promtool"), "There is no promtool: apt-get install prometheus")
    )
    func alerts() async throws {
        let folder = Program.repository.appending(path: "Tests/Alerts")
        let rules = try await Program.run("promtool", ["check", "rules", "../../samples/alerts.yml"], folder: folder)
        #expect(rules.exitCode == 0, "\(rules.output)\(rules.errors)")
        let tests = try await Program.run("promtool", ["test", "rules", "alerts.test.yml"], folder: folder)
        #expect(tests.exitCode == 0, "\(tests.output)\(tests.errors)")
    }

    @Test("samples/alerts.yml asks for figures that there are")
    func names() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...2))
            _ = try await desk.importing("users.csv", "--metrics-file", "m.prom")
            let alerts = try String(contentsOf: Program.sample("alerts.yml"), encoding: .utf8)
            let asked = Set(alerts.matches(of: #/pinglink_[a-z_]+/#).map { String($0.output) })
            #expect(asked.count == 3)
            for name in asked {
                #expect(try desk.folder.text("m.prom").contains("# TYPE \(name) gauge\n"), "\(name)")
            }
        }
    }
}
