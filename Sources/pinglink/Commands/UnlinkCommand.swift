import ArgumentParser
import Ledger
import LinkImport
import PingOneAPI

struct UnlinkCommand: ParsableCommand, SettingOptions {
    static let configuration = CommandConfiguration(
        commandName: "unlink",
        abstract: "Deletes the links that a CSV file names; run it again to go on.",
        discussion: HelpText.text(
            """
            The CSV is read as for an import: userID (or, with --user-key, the user's name), externalId, perhaps \
            identityProviderId; attributes are not looked at. Each row's links are read, and the one with this identity \
            provider and external id is deleted, and nothing else; what is not there is looked for once more. What \
            happened to each row is kept in a ledger of its own. Asks before it begins; run it again to go on after a \
            stop. Links that an import has made are removed more easily with undo; user attributes are not set back.
            """,
            examples: [
                "pinglink unlink leavers.csv --dry-run   # how many rows",
                "pinglink unlink leavers.csv             # again after any stop",
                "pinglink unlink leavers.csv.unlink.rejects.csv   # when it has been corrected",
            ],
            files: [
                ("FILE.unlink.ledger", "what happened to each row (SQLite); --ledger"),
                ("FILE.unlink.rejects.csv", "rows whose data must change; --rejects"),
                ("FILE.unlink.retry.csv", "rows that did not get through; --retry-file"),
            ] + HelpText.configurationFiles,
            exitCodes: [
                ("0", "no row's link is there"), ("1", "finished, but some rows are not unlinked"),
                ("3", "stopped by --limit or a deadline, or not answered with yes"),
                HelpText.usage, HelpText.brokenInput,
            ] + HelpText.run
        )
    )

    @Argument(
        help: ArgumentHelp("CSV file, plain or gzip; - for standard input (needs --ledger).", valueName: "FILE"),
        completion: .file()
    )
    var file: String

    @Flag(help: "Do not ask.")
    var yes = false

    @OptionGroup(title: "Connection")
    var connection: ConnectionOptions

    @OptionGroup(title: "CSV")
    var input: InputOptions

    @OptionGroup(title: "Speed")
    var speed: SpeedOptions

    @OptionGroup(title: "Run")
    var runOptions: RunOptions

    @OptionGroup(title: "Stopping")
    var stop: StopOptions

    @OptionGroup(title: "Output")
    var output: OutputOptions

    @OptionGroup(title: "Configuration")
    var config: ConfigOptions

    func run() throws {
        try ending(isWriting: true) {
            try runOptions.leavingMetrics {
                try Settings(self, config: config)
            } run: { settings in
                let other = try settings.value(\.retry).first { ![.rejected, .notFound].contains($0) }
                if let other {
                    throw settings.failure(
                        for: \.retry,
                        "unlink has no rows that are \(other.rawValue). It sends again: rejected, not-found."
                    )
                }
                return try ImportSession(
                    file: file,
                    settings: settings,
                    output: output,
                    isDryRun: runOptions.dryRun,
                    kind: .unlinking
                ).run(confirm: confirm)
            }
        }
    }

    /// - Throws: a failure where nobody can answer, or the answer is another one than yes.
    private func confirm(_ input: String, _ rows: Int?, _ environment: String) throws {
        guard !yes, rows != 0 else { return }
        let count =
            rows.map { $0 == 1 ? "the one row of \(input)" : "\($0) rows of \(input)" } ?? "the rows of \(input)"
        try Confirmation.ask(
            "unlink deletes the links that \(count) name\(rows == 1 ? "s" : "") from environment \(environment), as far as "
                + "they are there. User attributes that were updated when they were made are not set back.",
            command: "unlink"
        )
    }
}
