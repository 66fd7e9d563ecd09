import Foundation
import TestKit
import Testing

@Suite("-h, the help that fits a screen", .serialized, .patient)
struct ShortHelpTests {
    private func outcome(of program: String, _ arguments: [String]) async throws -> Outcome {
        let folder = try TemporaryFolder()
        return try await Program(Program.built(program), arguments, environment: [:], folder: folder.url).outcome()
    }

    @Test(
        "has 24 lines of 80 columns at most for each command, and says how to see everything",
        arguments: ["pinglink", "pingone-simulator"]
    )
    func fits(program: String) async throws {
        for path in try await CommandHelp.command(of: try Program.built(program)).paths {
            let outcome = try await outcome(of: program, Array(path.dropFirst()) + ["-h"])
            #expect(outcome.exitCode == 0)
            #expect(outcome.errors == "")
            let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count <= 25 && lines.last == "", "\(outcome.output)")
            #expect(lines.allSatisfy { $0.count <= 80 }, "\(outcome.output)")
            let name = path.joined(separator: " ")
            #expect(lines.contains { $0.hasPrefix("Usage: \(name) ") }, "\(outcome.output)")
            #expect(lines.dropLast().last?.hasSuffix(": \(name) --help") == true, "\(outcome.output)")
        }
    }

    @Test("of a command with few flags it shows all")
    func few() async throws {
        let output = try await outcome(of: "pinglink", ["status", "-h"]).output
        #expect(
            output == """
                Shows what is in a ledger: rows by state, the runs, what is left to settle.

                Usage: pinglink status [<options>] [<LEDGER>]

                  [<LEDGER>]              The ledger, such as users.csv.ledger or
                                          postgresql://HOST/DATABASE.
                  --ledger-schema <NAME>  The schema in the database of the ledger (default:
                                          pinglink).
                  --json                  One JSON object.

                Examples, files and exit codes: pinglink status --help

                """
        )
    }

    @Test("of a command with many it shows those that are often used, and counts the others")
    func many() async throws {
        let output = try await outcome(of: "pinglink", ["import", "-h"]).output
        let flags = [
            "--map <COLUMN=NAME>", "--user-key <K>", "--max-rate <N>", "--dry-run", "--ledger <PATH>", "--limit <N>",
            "--until <HH:MM>", "--quiet", "-v, --verbose", "--json", "--profile <NAME>",
        ]
        for flag in flags { #expect(output.contains("\n  \(flag)  "), "\(flag)") }
        let all = try await CommandHelp.command(of: try Program.built("pinglink")).subcommands?.first?.longNames.count
        let others = try #require(all) - flags.count - ["help", "version"].count
        #expect(output.hasSuffix("\n\(others) more flags, and examples: pinglink import --help\n"))
    }

    @Test(
        "is asked for anywhere before a double hyphen, unless the long one is asked for too",
        arguments: [
            (["import", "users.csv", "--limit", "5", "-h"], "more flags, and examples: pinglink import --help\n"),
            (["-h", "mappings", "plan"], "more flags, and examples: pinglink mappings plan --help\n"),
            (["import", "-h", "--help"], "Show help information.\n"),
        ]
    )
    func places(arguments: [String], end: String) async throws {
        let outcome = try await outcome(of: "pinglink", arguments)
        #expect(outcome.exitCode == 0)
        #expect(outcome.output.contains(end))
        let file = try await self.outcome(of: "pinglink", ["status", "--", "-h"])
        #expect(file.exitCode == 66)
    }
}
