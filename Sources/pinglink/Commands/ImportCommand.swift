import ArgumentParser

struct ImportCommand: ParsableCommand, SettingOptions {
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
                try Settings(self, config: config)
            } run: { settings in
                try ImportSession(file: file, settings: settings, output: output, isDryRun: runOptions.dryRun).run()
            }
        }
    }
}

/// What this run is to do.
struct RunOptions: SettingOptions {
    @Flag(help: "Everything except the POSTs; nothing is written.")
    var dryRun = false

    @Flag(\.strict) var strict = false
    @Option(\.ledger) var ledger: String?
    @OptionGroup var database: DatabaseOptions
    @Option(\.rejects) var rejects: String?
    @Option(\.retryFile) var retryFile: String?
    @Option(\.retry) var retry: [String] = []
    @Option(\.limit) var limit: String?
    @Option(\.metricsFile) var metricsFile: String?
    @Option(\.metricsLabel) var metricsLabel: String?
    @OptionGroup var report: ReportFileOptions

    /// Makes the settings and lets a command run with them; leaves figures (`--metrics-file`) too where that fails before
    /// it begins.
    func leavingMetrics(
        _ settings: () throws -> Settings,
        run: (Settings) throws -> Int32
    ) throws -> Int32 {
        var metrics = RunMetrics(path: metricsFile, label: metricsLabel, isDryRun: dryRun)
        do {
            let settings = try settings()
            metrics = RunMetrics(settings, isDryRun: dryRun)
            return try run(settings)
        } catch {
            metrics?.write(failure: error)
            throw error
        }
    }
}
