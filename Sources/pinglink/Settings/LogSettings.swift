import Glibc
import LinkRows
import Logging
import Reporting

/// What is said of a command's work, and how.
struct LogSettings {
    private let format: ConsoleLogHandler.Format
    private let isQuiet: Bool

    init(_ settings: Settings) throws {
        format = try settings.value(\.logFormat)
        isQuiet = try settings.value(\.quiet)
    }

    /// From now on failures are records of such a log too. `runID`: of the run that its records are about, if there is one.
    func logger(_ options: LogOptions, runID: String? = nil) -> Logger {
        let level: Logger.Level = isQuiet ? .error : options.verbose ? .debug : .info
        var logger = Logger(label: "pinglink") { _ in
            ConsoleLogHandler(logLevel: level, format: format, showsTime: isatty(2) == 0)
        }
        if let runID { logger[metadataKey: "run_id"] = "\(runID)" }
        if format == .json { Console.shared.logFailures(to: logger) }
        return logger
    }

    /// Says what a command came to: on standard output, or, with --quiet, only what somebody has to see to and as an error.
    ///
    /// One JSON object that was asked for is there in any case. `descriptor`: where else than on standard output.
    func tell(_ summary: some CommandSummary, isJSON: Bool, logger: Logger, to descriptor: Int32 = 1) throws {
        if isJSON || !isQuiet {
            try Console.report(isJSON ? summary.json : summary.text, isJSON: isJSON, to: descriptor)
        }
        if isQuiet, let shortfall = summary.shortfall { logger.error("\(shortfall)") }
    }
}

extension ProgressReport.Style {
    init(_ settings: Settings) throws {
        let style = try settings.value(\.progress)
        self = try settings.value(\.quiet) ? .none : style
    }
}

extension Logger {
    /// Tells what is suspicious about an input; what nobody may miss also with --quiet.
    func tell(_ warnings: [InputWarning], of input: String) {
        for warning in warnings {
            var logger = self
            if warning.kind == .noRows { logger.logLevel = min(logger.logLevel, .warning) }
            logger.warning(
                "\(input): \(warning.text)",
                metadata: ["warning": "\(warning.kind.rawValue)", "count": .stringConvertible(warning.count)]
            )
        }
    }
}
