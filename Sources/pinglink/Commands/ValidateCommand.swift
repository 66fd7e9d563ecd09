import ArgumentParser
import Ledger
import LinkRows
import Logging
import Pacing
import PingOneClient
import Reporting

struct ValidateCommand: ParsableCommand, SettingOptions {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Reads a whole CSV file and says what is wrong with it; sends nothing.",
        discussion: HelpText.text(
            """
            Names every row that an import would not send, with its line, and estimates the time the import would take. \
            Needs no connection and no credentials. With --mappings it fetches nothing \
            either: rows that repeat each other are then compared without their raw attributes.
            """,
            examples: [
                "pinglink validate users.csv",
                "pinglink validate export.csv --map 'Login=externalId' --ignore '*'",
            ],
            files: HelpText.configurationFiles,
            exitCodes: [
                ("0", "every row would be sent"), ("1", "some rows are invalid"), HelpText.usage, HelpText.brokenInput,
                HelpText.configuration,
            ]
        )
    )

    @Argument(
        help: ArgumentHelp("CSV file, plain or gzip; - for standard input.", valueName: "FILE"),
        completion: .file()
    )
    var file: String

    @OptionGroup(title: "CSV")
    var input: InputOptions

    @Option(\.idp, help: "Identity provider, for rows that name none.")
    var idp: String?

    @Option(\.rate, help: "The rate that the estimate is made for, requests per second.")
    var rate: String?

    @OptionGroup(title: "Output")
    var output: OutputOptions

    @OptionGroup(title: "Configuration")
    var config: ConfigOptions

    func run() throws {
        try ending {
            let settings = try Settings(self, config: config)
            let log = try LogSettings(settings)
            let logger = log.logger(output.log)
            let style = try ProgressReport.Style(settings)
            let csv = try InputSettings(settings)
            let rate = try RateSetting(settings)
            var reading = csv.reading(of: InputPaths(input: file, ledger: nil))
            // Which provider it will be does not matter here, only that all rows without one have the same.
            reading.identityProvider = reading.identityProvider ?? "00000000-0000-0000-0000-000000000000"
            let name = file == "-" ? "standard input" : file
            reading.mappings = try csv.mappings(fetch: nil) { logger.warning("\(name): \($0)") }
            let input = try InputFile(path: file)
            // Nothing is in flight: they end it at once, without a live line.
            _ = try Signals(control: RunControl()) { _ in }
            let check = try ReadingReport.during(of: name, style: style, logger: logger) { progress in
                try InputCheck(input, options: reading, progress: progress) { issue in
                    logger.warning("\(name): \(issue)", metadata: ["line": .stringConvertible(issue.line)])
                }
            }
            logger.tell(check.warnings, of: name)
            let summary = ValidationSummary(check, rate: rate)
            try log.tell(summary, isJSON: output.log.json, logger: logger)
            return summary.exitCode
        }
    }
}
