import ArgumentParser
import CommandHelp
import Machine
import RawPaths
import Version

@main
struct PingLink: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pinglink",
        abstract: "Links PingOne users to their accounts at external identity providers, in bulk, from CSV.",
        discussion: HelpText.text(
            "Run an import again to go on after a stop, a failure or a corrected file: what is linked is skipped.",
            examples: [
                "export PINGONE_ENVIRONMENT_ID=… PINGONE_IDENTITY_PROVIDER_ID=…",
                "export PINGONE_CLIENT_ID=… PINGONE_CLIENT_SECRET=…",
                "pinglink validate users.csv   # with the columns userID and externalId",
                "pinglink import users.csv",
            ],
            files: HelpText.configurationFiles,
            exitCodes: ImportCommand.exitCodes
        ),
        version: versionText,
        subcommands: [
            ImportCommand.self, ValidateCommand.self, StatusCommand.self, ExportCommand.self, VerifyCommand.self,
            UndoCommand.self, UnlinkCommand.self, ReportCommand.self, MappingsCommand.self, ConfigCommand.self,
        ]
    )

    /// The flags that `-h` shows of commands that have many.
    private static let oftenUsed: Set = [
        "map", "user-key", "max-rate", "dry-run", "yes", "ledger", "output", "limit", "until", "quiet", "verbose",
        "json",
        "profile",
    ]

    /// Those of the command line, without the program's name: also names of files that are not UTF-8.
    private static var arguments: [String] {
        (1..<max(1, Int(CommandLine.argc))).compactMap {
            unsafe CommandLine.unsafeArgv[$0].map { unsafe RawPath.text(cString: $0) }
        }
    }

    static func main() {
        StandardDescriptors.openMissing()
        // Asked by scripts that only want to know whether the program is there: without setting up all commands.
        let arguments = arguments
        if arguments.elementsEqual(["--version"]) { return print(versionText) }
        Precautions.take()
        if let message = FirstWord.message(arguments) {
            Console.shared.fail(.usage(message))
            exit(withError: ExitCode.validationFailure)
        }
        if let help = ShortHelp(of: Self.self, arguments, often: oftenUsed) { return print(help.text, terminator: "") }
        do {
            var command = try parseAsRoot(arguments)
            try command.run()
        } catch {
            // An `ExitCode` means that the command has said why.
            guard !(error is ExitCode), exitCode(for: error) == .validationFailure else { exit(withError: error) }
            // Not by `exit(withError:)`, which repeats an argument as it is, the name of a file for instance. Where the
            // parser explains the argument, a fourth line says where to look it up.
            let lines = fullMessage(for: error).split(separator: "\n").prefix(3)
            // The parser repeats what it does not expect, which may be an address.
            let text = lines.joined(separator: "\n").replacing(/:\/\/[^@\s]*@/, with: "://••••@")
            Console.shared.log(TerminalText.safe(text))
            exit(withError: ExitCode.validationFailure)
        }
    }
}
