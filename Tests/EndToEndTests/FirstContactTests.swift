import Foundation
import TestKit
import Testing

@Suite("First contact", .serialized, .patient)
struct FirstContactTests {
    private func pinglink(_ arguments: String...) async throws -> Outcome {
        let folder = try TemporaryFolder()
        return try await Program(
            try Program.built("pinglink"),
            arguments,
            environment: ["HOME": folder.path],
            folder: folder.url
        ).outcome()
    }

    @Test("--version says the version and nothing else, and both programs have the same")
    func version() async throws {
        let outcome = try await pinglink("--version")
        #expect(outcome.exitCode == 0)
        #expect(outcome.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
        #expect(outcome.errors == "")
        let other = try await self.outcome(of: "pingone-simulator", ["--version"])
        #expect(other.output == outcome.output)
    }

    @Test("--help and no arguments at all show the commands and the way to a first run", arguments: [["--help"], []])
    func help(arguments: [String]) async throws {
        let outcome = try await self.outcome(of: "pinglink", arguments)
        #expect(outcome.exitCode == 0)
        for word in ["import", "validate", "status", "export", "pinglink import users.csv", "PINGONE_CLIENT_SECRET"] {
            #expect(outcome.output.contains(word))
        }
        #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test("each command has its own help", arguments: ["import", "validate", "status", "export"])
    func commandHelp(command: String) async throws {
        let outcome = try await pinglink(command, "--help")
        #expect(outcome.exitCode == 0)
        #expect(outcome.output.contains("USAGE: pinglink \(command)"))
    }

    @Test("the text about a command ends its lines where the window does, and nowhere else but in tables and examples")
    func wrapping() async throws {
        for command in try await CommandHelp.command(of: try Program.built("pinglink")).all {
            let lines = (command.discussion ?? "").split(separator: "\n", omittingEmptySubsequences: false)
            let broken = zip(lines, lines.dropFirst()).filter { line, next in
                [line, next].allSatisfy { !$0.isEmpty && !$0.hasPrefix(" ") }
            }
            #expect(broken.map(\.0) == [], "\(command.commandName)")
        }
        let help = try await pinglink("help", "import")
        #expect(
            help.output.contains("\nattributes (a JSON object) and attributes.NAME or attributes.NAME:ALWAYS; with\n")
        )
    }

    @Test(
        "a usage error has three lines at most",
        arguments: [
            (
                ["export", "l", "--state", "bogus"],
                """
                Error: The value 'bogus' is invalid for '--state <S>'
                Help:  --state <S>  Only rows in this state: linked, unlinked, already-linked, not-linked, \
                rejected, invalid, failed, unsettled, intended, undone. May be repeated.
                Usage: pinglink export [<LEDGER>] [--ledger-schema <NAME>] [--format <F>] [--state <S> ...] [--output <F>]

                """
            ),
            (
                ["import"],
                """
                Error: Missing expected argument '<FILE>'
                Help:  <FILE>  CSV file, plain or gzip; - for standard input (needs --ledger).
                Usage: pinglink import [<options>] <FILE>

                """
            ),
            (
                ["status", "a", "b"],
                """
                Error: Unexpected argument 'b'
                Usage: pinglink status [<LEDGER>] [--ledger-schema <NAME>] [--json]
                  See 'pinglink status --help' for more information.

                """
            ),
        ]
    )
    func usageErrors(arguments: [String], errors: String) async throws {
        let outcome = try await self.outcome(of: "pinglink", arguments)
        #expect(outcome.exitCode == 64)
        #expect(outcome.errors == errors)
    }

    @Test(
        "a command without its file says what is missing",
        arguments: [
            ("import", "Missing expected argument"), ("validate", "Missing expected argument"),
            ("status", "No ledger: name it"), ("export", "No ledger: name it"),
            ("verify", "No ledger: name it"), ("report", "No ledger: name it"),
        ]
    )
    func missingArgument(command: String, message: String) async throws {
        let outcome = try await pinglink(command)
        #expect(outcome.exitCode == 64)
        #expect(outcome.errors.contains(message))
    }

    @Suite("says what happened, where, and what to do next", .serialized, .sharedSimulator)
    struct Messages {
        @Test(arguments: FirstContact.commandLine + FirstContact.files + FirstContact.connection)
        func message(_ contact: FirstContact) async throws {
            let simulator = try #require(SharedSimulator.current)
            let desk = Desk(folder: try TemporaryFolder(), simulator: simulator)
            try desk.folder.write("users.csv", Rows.csv(1...3))
            for (name, bytes) in contact.files { try bytes.write(to: desk.folder.file(name)) }
            let outcome = try await desk.start(contact.arguments, environment: contact.environment).outcome()
            #expect(outcome.exitCode == contact.exitCode)
            let port = (simulator.environment["PINGONE_AUTH_URL"] ?? "").split(separator: ":").last ?? ""
            #expect(outcome.messages.replacing(port, with: "PORT") == contact.errors)
        }
    }

    /// Runs it in an empty folder, without any variable.
    private func outcome(of program: String, _ arguments: [String]) async throws -> Outcome {
        let folder = try TemporaryFolder()
        return try await Program(Program.built(program), arguments, environment: [:], folder: folder.url).outcome()
    }
}
