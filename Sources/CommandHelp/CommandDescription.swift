/// A command and what it takes, as `--experimental-dump-help` of swift-argument-parser describes it.
struct CommandDescription: Decodable {
    struct Argument: Decodable {
        struct Name: Decodable {
            var kind: String
            var name: String

            var spelled: String { (kind == "long" ? "--" : "-") + name }
        }

        var kind: String
        var shouldDisplay: Bool
        var isOptional: Bool
        var names: [Name]?
        var valueName: String?
        var abstract: String?

        var isPositional: Bool { kind == "positional" }

        /// With the short name first and the value behind: `-o, --output <F>`.
        var head: String {
            let value = "<\(valueName ?? "")>"
            if isPositional { return isOptional ? "[\(value)]" : value }
            let names = (names ?? []).sorted { $0.kind != "long" && $1.kind == "long" }.map(\.spelled)
            return names.joined(separator: ", ") + (kind == "flag" ? "" : " \(value)")
        }

        func isNamed(_ known: Set<String>) -> Bool {
            (names ?? []).contains { known.contains($0.name) }
        }
    }

    var commandName: String
    var abstract: String?
    var shouldDisplay: Bool
    var arguments: [Argument]?
    var subcommands: [CommandDescription]?

    /// Those of its own, without `help`, which the parser adds.
    var commands: [CommandDescription] {
        (subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" }
    }

    var positional: [Argument] {
        (arguments ?? []).filter { $0.shouldDisplay && $0.isPositional }
    }

    /// All but those that every command has.
    var flags: [Argument] {
        (arguments ?? []).filter { $0.shouldDisplay && !$0.isPositional && !$0.isNamed(["help", "version"]) }
    }
}
