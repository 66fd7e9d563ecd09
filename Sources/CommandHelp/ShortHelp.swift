package import ArgumentParser
import FoundationEssentials

/// The help that fits a screen, 24 lines of 80 columns: what `-h` shows, where `--help` tells everything.
///
/// It is made of what the commands say of themselves: each flag with the first sentence of its help, all of them where there
/// is room, else those that are often used.
package struct ShortHelp {
    private static let columns = 80
    private static let lines = 24

    /// As they are typed: `["pinglink", "mappings", "plan"]`.
    private let words: [String]
    private let command: CommandDescription
    private let often: Set<String>

    /// Nil where `arguments`, those without the program's name, do not ask for it. `often`: long names of flags, without the
    /// two hyphens.
    package init?(of root: any ParsableCommand.Type, _ arguments: [String], often: Set<String>) {
        let arguments = arguments.prefix { $0 != "--" }
        guard arguments.contains("-h"), !arguments.contains("--help"),
            let dump = try? JSONDecoder().decode(Dump.self, from: Data(root._dumpHelp().utf8))
        else { return nil }
        var words = [dump.command.commandName]
        var command = dump.command
        for word in arguments {
            guard let next = command.commands.first(where: { $0.commandName == word }) else { continue }
            words.append(word)
            command = next
        }
        self.words = words
        self.command = command
        self.often = often
    }

    /// Lines, each with its end.
    package var text: String {
        let flags = command.flags
        let short = lines(flags, end: "Examples, files and exit codes")
        if short.count <= Self.lines { return Self.text(short) }
        let some = flags.filter { $0.isNamed(often) }
        return Self.text(lines(some, end: "\(flags.count - some.count) more flags, and examples"))
    }

    private static func text(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }

    private func lines(_ flags: [CommandDescription.Argument], end: String) -> [String] {
        let name = words.joined(separator: " ")
        let entries =
            (command.positional + flags).map { ($0.head, Self.firstSentence($0.abstract)) }
            + command.commands.map { ($0.commandName, Self.firstSentence($0.abstract)) }
        return Self.wrapped(command.abstract ?? "", columns: Self.columns) + ["", "Usage: \(usage)", ""]
            + Self.table(entries) + ["", "\(end): \(name) --help"]
    }

    private var usage: String {
        let rest = command.commands.isEmpty ? ["[<options>]"] : ["<command>"]
        return (words + rest + command.positional.map(\.head)).joined(separator: " ")
    }

    private static func firstSentence(_ text: String?) -> String {
        let text = text ?? ""
        return text.firstRange(of: ". ").map { String(text[..<$0.lowerBound]) + "." } ?? text
    }

    /// Two columns; the second one is wrapped.
    private static func table(_ entries: [(head: String, text: String)]) -> [String] {
        let width = entries.map(\.head.count).max() ?? 0
        return entries.flatMap { head, text in
            wrapped(text, columns: columns - width - 4).enumerated().map { index, line in
                let first = index == 0 ? head : ""
                return "  " + first + String(repeating: " ", count: width - first.count) + "  " + line
            }
        }
    }

    private static func wrapped(_ text: String, columns: Int) -> [String] {
        var lines = [""]
        for word in text.split(separator: " ") {
            let line = lines[lines.count - 1]
            if line.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if line.count + 1 + word.count <= columns {
                lines[lines.count - 1] = "\(line) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}

private struct Dump: Decodable {
    var command: CommandDescription
}
