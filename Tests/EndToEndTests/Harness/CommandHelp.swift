import Foundation
import TestKit
import Testing

/// All commands of a program with all that they take, as it says itself.
struct CommandHelp: Decodable {
    struct Command: Decodable {
        var commandName: String
        var discussion: String?
        var subcommands: [Command]?
        var arguments: [Argument]?

        /// Of all options and flags, those of the subcommands too.
        var longNames: [String] {
            let names = (arguments ?? []).flatMap { argument in argument.names ?? [] }
            return names.filter { $0.kind == "long" }.map(\.name) + (subcommands ?? []).flatMap { $0.longNames }
        }

        /// It and all of its subcommands.
        var all: [Command] { [self] + (subcommands ?? []).flatMap(\.all) }

        /// Its words and those of its subcommands, such as `["pinglink", "mappings", "plan"]`; without `help`, which
        /// the parser adds.
        var paths: [[String]] {
            let own = (subcommands ?? []).filter { $0.commandName != "help" }
            return [[commandName]] + own.flatMap(\.paths).map { [commandName] + $0 }
        }
    }

    struct Argument: Decodable {
        struct Name: Decodable {
            var kind: String
            var name: String
        }

        var names: [Name]?
    }

    static func command(of program: URL) async throws -> Command {
        let folder = try TemporaryFolder()
        let dump = try await Program(
            program,
            ["--experimental-dump-help"],
            environment: [:],
            folder: folder.url
        ).outcome()
        return try JSONDecoder().decode(CommandHelp.self, from: Data(dump.output.utf8)).command
    }

    var command: Command
}
