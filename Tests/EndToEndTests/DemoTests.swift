import Foundation
import TestKit
import Testing

@Suite("scripts/demo: an import that is killed and goes on", .patient)
struct DemoTests {
    @Test("shows a killed run that goes on and proves that each link exists once; leaves nothing behind")
    func demo() async throws {
        let folder = try TemporaryFolder()
        let binaries = try Program.built("pinglink").deletingLastPathComponent().path
        let outcome = try await Program(
            Program.repository.appending(path: "scripts/demo"),
            ["600"],
            environment: [
                "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": folder.path,
                "TMPDIR": folder.path, "PINGLINK_BINARIES": binaries,
                "PINGONE_ENVIRONMENT_ID": "another", "PINGONE_ACCESS_TOKEN": "another", "https_proxy": "http://another",
            ],
            folder: folder.url
        ).outcome()
        #expect(outcome.exitCode == 0, "\(outcome.output)\(outcome.errors)")
        #expect(outcome.errors == "")
        #expect(
            outcome.output.contains("600 of 600 users have their link exactly once; the ledger has the id of 600\n")
        )
        #expect(outcome.output.contains("users.csv  600 rows  not ended: killed\n"))
        let shown = outcome.output.split(separator: "\n").filter { $0.hasPrefix("$ ") }.map { $0.dropFirst(2) }
        for command in [
            "mkfifo ready", "pingone-simulator ", "eval ", "generate-users 600 > users.csv",
            "pinglink validate users.csv", "pinglink import users.csv > import.log", "kill -KILL ",
            "pinglink status ", "pinglink import users.csv", "pinglink import users-with-mistakes.csv", "cut ",
            "curl ", "pinglink export ", "python3 ",
        ] {
            #expect(shown.contains { $0.hasPrefix(command) }, "\(command)")
        }
        #expect(outcome.output.contains("  8 invalid\n"))
        #expect(try folder.names == [])
    }

    @Test("a wrong number of rows is a usage error")
    func usage() async throws {
        let folder = try TemporaryFolder()
        let outcome = try await Program.run(
            Program.repository.appending(path: "scripts/demo").path,
            ["many"],
            folder: folder.url
        )
        #expect(outcome.exitCode == 64)
        #expect(outcome.errors.contains("Usage: scripts/demo [ROWS]"))
    }
}
