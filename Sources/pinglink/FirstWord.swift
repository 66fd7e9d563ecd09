import ArgumentParser
import Glibc
import LinkRows
import RawPaths

/// What stands first on a command line where a command belongs, and is none: a file whose command was forgotten, a slip of the
/// pen, a flag that belongs behind the command.
enum FirstWord {
    /// What the parser itself knows there.
    private static let flags = [
        "-h", "--help", "--version", "--generate-completion-script", "--experimental-dump-help",
    ]

    /// What is wrong, and what was probably meant; nil where it is a command, or nothing at all. `arguments`: without the
    /// program's name.
    static func message(_ arguments: [String]) -> String? {
        guard let first = arguments.first else { return nil }
        if first.hasPrefix("-"), let message = message(flag: first, arguments) { return message }
        if first.contains("://") {
            return "An address of a database stands behind the command: pinglink status postgresql://…"
        }
        if !names(of: PingLink.self).contains(first), let message = message(file: first) { return message }
        return message(flagWithOneHyphen: arguments) ?? message(arguments[...], of: PingLink.self, called: [])
    }

    /// The parser takes such a word for several short flags, and where one of them is `h` for a wish for help: with that it
    /// would end as if all were well.
    private static func message(flagWithOneHyphen arguments: [String]) -> String? {
        let word = arguments.prefix { $0 != "--" }.first { word in
            word.hasPrefix("-") && !word.hasPrefix("--") && word.count > 2 && word.contains("h")
                && !word.dropFirst().allSatisfy("hqv".contains)
        }
        guard let word else { return nil }
        let flag = word.prefix { $0 != "=" }
        return
            "There is no flag \(flag). Flags of several letters begin with two hyphens: -\(flag). A file of such a name is "
            + "written with its folder: ./\(flag)"
    }

    private static func names(of command: any ParsableCommand.Type) -> [String] {
        command.configuration.subcommands.compactMap { $0.configuration.commandName }
    }

    /// Of the value that may be in it nothing is repeated.
    private static func message(flag argument: String, _ arguments: [String]) -> String? {
        let flag = String(argument.prefix { $0 != "=" })
        // Three hyphens: what the completions of the shells ask for.
        guard flag.count > 1, flag != "--", !flag.hasPrefix("---"), !flags.contains(flag) else { return nil }
        if let command = arguments.first(where: names(of: PingLink.self).contains) {
            return "\(flag) stands before the command. Flags come after it: pinglink \(command) \(flag) …"
        }
        let nearest = EditDistance.nearest(to: flag, among: ["--help", "--version"])
        return "There is no flag \(flag) without a command\(nearest.map { "; did you mean \($0)?" } ?? ".") "
            + "See pinglink --help."
    }

    private static func message(file word: String) -> String? {
        guard !word.hasPrefix("-"), unsafe access(word.pathBytes, F_OK) == 0 else { return nil }
        let wish = word.hasSuffix(".ledger") ? "see what is in it: pinglink status" : "import it: pinglink import"
        return "\(word) is a file, not a command. To \(wish) \(ShellWord.text(word))"
    }

    /// `called`: the words that lead to the command.
    private static func message(
        _ arguments: ArraySlice<String>,
        of command: any ParsableCommand.Type,
        called words: [String]
    ) -> String? {
        let names = names(of: command)
        guard let word = arguments.first, !word.hasPrefix("-"), word != "help", !names.isEmpty else { return nil }
        if let next = command.configuration.subcommands.first(where: { $0.configuration.commandName == word }) {
            return message(arguments.dropFirst(), of: next, called: words + [word])
        }
        let asked = (words + [word]).joined(separator: " ")
        let nearest = meant(by: word, among: names).map { (words + [$0]).joined(separator: " ") }
        let meant = nearest.map { "; did you mean \($0)?" } ?? "."
        return "There is no command \"\(asked)\"\(meant) The commands are \(names.joined(separator: ", ")): "
            + "see \((["pinglink"] + words).joined(separator: " ")) --help."
    }

    private static func meant(by word: String, among names: [String]) -> String? {
        // The nearest word would be unlink, which does the contrary.
        if word == "link" { return names.first { $0 == "import" } }
        let longer = names.filter { $0.hasPrefix(word) }
        return longer.count == 1 ? longer[0] : EditDistance.nearest(to: word, among: names)
    }
}
