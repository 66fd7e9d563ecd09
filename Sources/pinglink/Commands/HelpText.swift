/// What follows a command's description in its help, and is a section each on its man page: examples, the files beside the
/// input or ledger, the exit codes. Its lines are short enough not to be wrapped at 80 columns.
enum HelpText {
    /// A name, and what is behind it.
    typealias Entry = (name: String, meaning: String)

    /// `examples`: lines for a shell.
    static func text(
        _ description: String = "",
        examples: [String] = [],
        files: [Entry] = [],
        exitCodes: [Entry]
    ) -> String {
        let sections = [("EXAMPLES", examples), ("FILES", columns(files)), ("EXIT CODES", columns(exitCodes))]
        let texts = sections.filter { !$0.1.isEmpty }.map { title, lines in
            "\(title):\n" + lines.map { "  \($0)" }.joined(separator: "\n")
        }
        return (description.isEmpty ? texts : [description] + texts).joined(separator: "\n\n")
    }

    private static func columns(_ entries: [Entry]) -> [String] {
        let width = entries.map(\.name.count).max() ?? 0
        return entries.map { $0.name + String(repeating: " ", count: width - $0.name.count) + "  \($0.meaning)" }
    }
}

/// What several commands have in common.
extension HelpText {
    static let configurationFiles: [Entry] = [
        ("./pinglink.yaml", "settings; the keys are flag names (--config)"),
        ("~/.config/pinglink/config.yaml", "the same, where there is none here"),
    ]
    static let ledgerFiles: [Entry] = [("FILE.ledger", "the ledger that an import of FILE has made")]

    /// Of a command that only has others.
    static let group: [Entry] = [("0", "the help was shown; see the commands for theirs"), usage]
    static let usage: Entry = ("64", "wrong usage")
    static let brokenInput: Entry = ("65, 66", "the input is broken, cannot be read")
    static let noLedger: Entry = ("65, 66", "this is no ledger, it cannot be read")
    static let output: Entry = ("74", "the output cannot be written")
    static let configuration: Entry = ("78", "wrong configuration")

    /// Those of what speaks with PingOne.
    static let connection: [Entry] = [
        ("69", "PingOne cannot be reached, or refuses for too long"),
        ("77", "credentials or permissions refused"),
        ("78", "wrong configuration, environment or identity provider"),
    ]

    /// Those of what writes a ledger and speaks with PingOne.
    static let run: [Entry] = [
        ("69", "PingOne is away, too many rows failed, too few threads"),
        ("73, 74", "the ledger cannot be created, written"),
        ("75", "another run holds the ledger"),
        ("77", "credentials or permissions refused"),
        ("78", "wrong configuration, environment or identity provider"),
        ("129, 130, 143", "stopped by SIGHUP, SIGINT, SIGTERM; run again to go on"),
    ]
}
