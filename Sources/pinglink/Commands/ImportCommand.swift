import ArgumentParser
import Dispatch
import FoundationEssentials
import Glibc
import Ledger
import LinkImport
import Logging
import Pacing
import Reporting

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Links every row of a CSV file; run it again to go on.",
        discussion: HelpText.text(
            """
            The CSV has a header with userID and externalId, perhaps identityProviderId, attributes (a JSON object) and \
            attributes.NAME or attributes.NAME:ALWAYS; with --mappings also providerAttributes.NAME, the account's raw \
            attributes. What happened to each row is kept in a ledger beside the file, so that a run may be stopped, \
            killed or repeated at any time. Rows that did not get through are left in FILE.rejects.csv (correct them) \
            and FILE.retry.csv (try again); both can be imported as they are. Their text is that of the input: a \
            spreadsheet may take a cell that begins with =, +, - or @ for a formula.
            """,
            examples: [
                "pinglink import --dry-run users.csv     # all but the POSTs",
                "pinglink import --limit 100 users.csv   # a few first",
                "pinglink import users.csv               # the rest; again after any stop",
                "pinglink import users.csv.rejects.csv   # when it has been corrected",
                "zcat x.gz | pinglink import - --ledger x.ledger --map 'Login=externalId'",
            ],
            files: [
                ("FILE.ledger", "what happened to each row (SQLite); --ledger"),
                ("FILE.rejects.csv", "rows whose data must change, with reasons; --rejects"),
                ("FILE.retry.csv", "rows that did not get through; --retry-file"),
            ] + HelpText.configurationFiles,
            exitCodes: exitCodes
        )
    )

    static let exitCodes: [HelpText.Entry] =
        [
            ("0", "every row is linked"),
            ("1", "finished, but some rows are not linked"),
            ("3", "stopped by --limit, --max-duration, --until; or the input grew"),
            HelpText.usage, HelpText.brokenInput,
        ] + HelpText.run

    @Argument(
        help: ArgumentHelp("CSV file, plain or gzip; - for standard input (needs --ledger).", valueName: "FILE"),
        completion: .file()
    )
    var file: String

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
                try CommandSetup(
                    flags: [connection.flags, input.flags, speed.flags, runOptions.flags, stop.flags, output.flags],
                    config: config
                )
            } run: { setup in
                try ImportSession(file: file, setup: setup, output: output, isDryRun: runOptions.dryRun).run()
            }
        }
    }
}

/// What this run is to do.
struct RunOptions: ParsableArguments {
    @Flag(help: "Everything except the POSTs; nothing is written.")
    var dryRun = false

    @Flag(help: "Send nothing at all if one row is invalid (exit code 65). Not with --user-key.")
    var strict = false

    @Option(
        help: ArgumentHelp(
            "Default: FILE.ledger; or postgresql://HOST/DATABASE. [PINGLINK_LEDGER]",
            valueName: "PATH"
        ),
        completion: .file()
    )
    var ledger: String?

    @OptionGroup var database: DatabaseOptions

    @Option(help: ArgumentHelp("Rows to correct (default: FILE.rejects.csv).", valueName: "PATH"), completion: .file())
    var rejects: String?

    @Option(help: ArgumentHelp("Rows to try again (default: FILE.retry.csv).", valueName: "PATH"), completion: .file())
    var retryFile: String?

    @Option(
        help: ArgumentHelp(
            "Send these rows again too: rejected, not-found (rejected since PingOne did not know the user), undone, "
                + "missing (linked, but not found by the last verify). May be repeated.",
            valueName: "S"
        ),
        completion: .list(["rejected", "not-found", "undone", "missing"])
    )
    var retry: [String] = []

    @Option(help: ArgumentHelp("Stop after so many rows sent.", valueName: "N"))
    var limit: String?

    @Option(
        help: ArgumentHelp("Write figures for Prometheus to this file.", valueName: "PATH.prom"),
        completion: .file()
    )
    var metricsFile: String?

    @Option(
        help: ArgumentHelp(
            "Marks these figures with import=\"NAME\", where several imports of a machine are watched.",
            valueName: "NAME"
        )
    )
    var metricsLabel: String?

    @OptionGroup var report: ReportFileOptions

    var flags: [SettingKey: [String]] {
        var flags: [SettingKey: [String]] = [
            .ledger: ledger, .rejects: rejects, .retryFile: retryFile, .limit: limit, .metricsFile: metricsFile,
            .metricsLabel: metricsLabel, .reportFile: report.reportFile,
        ].compactMapValues { $0.map { [$0] } }
        flags[.retry] = retry
        flags.merge(database.flags) { $1 }
        if strict { flags[.strict] = ["true"] }
        return flags
    }

    /// Makes the settings and lets a command run with them; leaves figures (`--metrics-file`) too where that fails before
    /// it begins.
    func leavingMetrics(
        _ setup: () throws -> CommandSetup,
        run: (CommandSetup) throws -> Int32
    ) throws -> Int32 {
        var metrics = RunMetrics(path: metricsFile, label: metricsLabel, isDryRun: dryRun)
        do {
            let setup = try setup()
            metrics = RunMetrics(setup.settings, isDryRun: dryRun)
            return try run(setup)
        } catch {
            metrics?.write(failure: error)
            throw error
        }
    }
}
