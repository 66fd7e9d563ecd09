import Foundation
import TestKit
import Testing

@Suite("The samples for cron and systemd", .patient)
struct ScheduleTests {
    /// Runs a command of a sample as `sh` does, with this package's programs and the desk's folder in place of the
    /// machine's.
    private func run(
        _ command: String,
        at desk: Desk,
        environment changes: [String: String] = [:]
    ) async throws -> Outcome {
        let folder = desk.folder.path
        let programs = try Program.built("pinglink").deletingLastPathComponent().path
        let command = command.replacing("/var/lib/pinglink", with: folder).replacing("/etc/pinglink", with: folder)
            .replacing("/usr/bin/pinglink", with: "\(programs)/pinglink")
        return try await Program(
            URL(filePath: "/bin/sh"),
            ["-c", command],
            environment: desk.environment.merging(["PATH": "\(programs):/usr/bin:/bin"]) { $1 }.merging(changes) { $1 },
            folder: desk.folder.url
        ).outcome()
    }

    private func sample(_ name: String) throws -> String {
        try String(contentsOf: Program.sample(name), encoding: .utf8)
    }

    /// The command of the one line that is neither comment nor variable: it follows five times and a user.
    private func cronCommand() throws -> String {
        let jobs = try sample("cron/pinglink").split(separator: "\n").compactMap {
            $0.wholeMatch(of: /[0-9*]+ (?:[0-9*]+ ){4}pinglink (.+)/)?.1
        }
        try #require(jobs.count == 1)
        // cron would take it for the end of the command.
        #expect(!jobs[0].contains("%"))
        return String(jobs[0])
    }

    @Test("cron's line says nothing when all is well, and nothing again when it was done before")
    func cronWell() async throws {
        try await Desk.with { desk in
            try desk.takeSample("pinglink.yaml")
            try desk.takeSample("users.csv")
            for _ in 1...2 {
                let outcome = try await run(cronCommand(), at: desk)
                #expect(outcome.exitCode == 0)
                #expect(outcome.output + outcome.errors == "")
            }
            #expect(try await desk.simulator.links().count == 12)
        }
    }

    @Test("cron's line says why when rows are left or credentials are wrong")
    func cronTrouble() async throws {
        try await Desk.with { desk in
            try desk.takeSample("pinglink.yaml")
            try desk.folder.write("users.csv", Rows.csv(1...3) + "carla,4\n")
            let refused = try await run(cronCommand(), at: desk, environment: ["PINGONE_CLIENT_SECRET": "guessed"])
            #expect(refused.output.contains("The authorization server refuses the worker application"))
            let rows = try await run(cronCommand(), at: desk)
            #expect(rows.output != "")
            #expect(try await desk.simulator.links().count == 3)
            try FileManager.default.removeItem(at: desk.folder.file("users.csv"))
            #expect(try await run(cronCommand(), at: desk).output.contains("users.csv"))
        }
    }

    @Test("cron's line says nothing when the run has stopped on purpose before the end")
    func cronStopped() async throws {
        try await Desk.with { desk in
            let limited = try sample("pinglink.yaml").replacing("    max-duration: 6h\n", with: "    limit: 2\n")
            try desk.folder.write("pinglink.yaml", limited)
            try desk.folder.write("users.csv", Rows.csv(1...5))
            let outcome = try await run(cronCommand(), at: desk)
            #expect(outcome.exitCode == 0)
            #expect(outcome.output + outcome.errors == "")
            #expect(try await desk.simulator.links().count == 2)
        }
    }

    @Test("cron's line says nothing when another run is still at it")
    func cronHeld() async throws {
        try await Desk.with { desk in
            try desk.takeSample("pinglink.yaml")
            try desk.folder.write("users.csv", Rows.csv(1...3000))
            let running = try desk.start(["import", "users.csv", "--rate", "5"])
            try await desk.simulator.hasSeen(posts: 1)
            let held = try await run(cronCommand(), at: desk)
            #expect(held.exitCode == 0)
            #expect(held.output + held.errors == "")
            running.send(SIGTERM)
            #expect(await running.outcome().exitCode == 143)
        }
    }

    @Test("the service's command imports with the secret from the credentials folder and no other")
    func service() async throws {
        try await Desk.with { desk in
            try desk.takeSample("pinglink.yaml")
            try desk.takeSample("users.csv")
            try desk.folder.write("client-secret", try #require(desk.simulator.environment["PINGONE_CLIENT_SECRET"]))
            let service = try sample("systemd/pinglink.service")
            let command = try #require(service.firstMatch(of: /(?m)^ExecStart=(.+)$/)?.1)
            let environment = ["CREDENTIALS_DIRECTORY": desk.folder.path, "PINGONE_CLIENT_SECRET": "wrong"]
            let outcome = try await run(String(command), at: desk, environment: environment)
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(try await desk.simulator.links().count == 12)
        }
    }

    @Test("systemd finds nothing wrong with service and timer", .enabled(if: hasSystemd, "systemd is not installed"))
    func units() async throws {
        let folder = try TemporaryFolder()
        let pinglink = try Program.built("pinglink").path
        for name in ["pinglink.service", "pinglink.timer"] {
            // It looks whether the program is there, and the manual page.
            let text = try sample("systemd/\(name)").replacing("/usr/bin/pinglink", with: pinglink)
            try folder.write(name, text)
        }
        let units = ["pinglink.service", "pinglink.timer"].map { folder.file($0).path }
        let outcome = try await Program.run(
            "systemd-analyze",
            ["verify", "--man=no"] + units,
            folder: folder.url
        )
        #expect(outcome.exitCode == 0)
        #expect(outcome.output + outcome.errors == "")
    }

    private static let hasSystemd = FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze")
}
