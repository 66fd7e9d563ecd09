import ArgumentParser
import CSVReading
import FoundationEssentials
import Glibc
import Ledger
import LinkImport
import Logging
import Pacing
import PingOneAPI
import Reporting

/// What several commands make of their settings.
struct CommandSetup {
    let settings: Settings
    let config: ConfigOptions

    init(flags: [[SettingKey: [String]]], config: ConfigOptions) throws {
        self.config = config
        let merged = flags.reduce(into: [:]) { $0.merge($1) { $1 } }
        settings = try Settings(flags: merged, config: config, environment: ProcessInfo.processInfo.environment)
    }

    /// `runID`: of the run that its records are about, if there is one.
    func logger(_ output: LogOptions, runID: String? = nil) throws -> Logger {
        let format = try logFormat()
        let level: Logger.Level = try settings.isSet(.quiet) ? .error : output.verbose ? .debug : .info
        var logger = Logger(label: "pinglink") { _ in
            ConsoleLogHandler(logLevel: level, format: format, showsTime: isatty(2) == 0)
        }
        if let runID { logger[metadataKey: "run_id"] = "\(runID)" }
        if format == .json { Console.shared.logFailures(to: logger) }
        return logger
    }

    func logFormat() throws -> ConsoleLogHandler.Format {
        try settings.standing(.logFormat, expected: "text or json") { ConsoleLogHandler.Format(rawValue: $0) }
    }

    /// Says what a command came to: on standard output, or, with --quiet, only what somebody has to see to and as an error.
    ///
    /// One JSON object that was asked for is there in any case. `descriptor`: where else than on standard output.
    func tell(_ summary: some CommandSummary, isJSON: Bool, logger: Logger, to descriptor: Int32 = 1) throws {
        if isJSON || !settings.isQuiet {
            try Console.report(isJSON ? summary.json : summary.text, isJSON: isJSON, to: descriptor)
        }
        if settings.isQuiet, let shortfall = summary.shortfall { logger.error("\(shortfall)") }
    }

    /// How a file is read. `paths`: those of the input, where there is one.
    func reading(of paths: InputPaths? = nil) throws -> ReadingOptions {
        let encoding = try settings.standing(
            .encoding,
            expected: "the name of an encoding, such as windows-1252: iconv -l lists them"
        ) { TextEncoding($0) }
        // What a run has written is UTF-8, whatever its input was.
        let isResultFile = paths.map { $0.part != .whole } ?? false
        let delimiter = try settings.standing(.delimiter, expected: "auto, one ASCII character, or tab") {
            DelimiterChoice(argument: $0)
        }
        let update = try settings.standing(.update, expected: "EMPTY_ONLY or ALWAYS") {
            AttributeUpdate(rawValue: $0)
        }
        let map = try settings.list(.map, expected: "COLUMN=NAME, where NAME is a column that pinglink knows") { text in
            ColumnPlan.Options.Mapping(argument: text).flatMap { ColumnPlan.isTarget($0.target) ? $0 : nil }
        }
        let ignored = try settings.list(.ignore, expected: "a column's name") { $0 }
        let takesProvidersMappings = try settings.isSet(.mappings)
        let mappingsFile = settings.text(.mappingsFile)
        if takesProvidersMappings, mappingsFile != nil {
            throw settings.failure(
                for: .mappingsFile,
                "the mappings are either these or, with --mappings, the identity provider's. Leave one out."
            )
        }
        return ReadingOptions(
            encoding: isResultFile ? .utf8 : encoding,
            delimiter: delimiter,
            columns: ColumnPlan.Options(
                update: update,
                map: map,
                ignoring: ignored,
                acceptsProviderAttributes: takesProvidersMappings || mappingsFile != nil
            ),
            identityProvider: try uuid(.idp),
            userKey: try settings.value(.userKey, expected: "username, email or externalId") { UserKey(rawValue: $0) },
            acceptsDamagedIDs: try settings.isSet(.acceptDamagedIDs)
        )
    }

    /// A flag without names is a mistake; in a file it stands for the runs that have some.
    func userIndex() throws -> UserIndexChoice {
        let choice = try settings.standing(.userIndex, expected: "auto, always or never") {
            UserIndexChoice(rawValue: $0)
        }
        if settings[.userIndex]?.origin == .flag(.userIndex), settings[.userKey] == nil {
            throw settings.failure(
                for: .userIndex,
                "says how users are found by name; without --user-key rows have their ids. Leave it out, or add "
                    + "--user-key."
            )
        }
        return choice
    }

    /// Tells what is suspicious about an input; what nobody may miss also with --quiet.
    func tell(_ warnings: [InputWarning], of input: String, logger: Logger) {
        for warning in warnings {
            var logger = logger
            if warning.kind == .noRows { logger.logLevel = min(logger.logLevel, .warning) }
            logger.warning(
                "\(input): \(warning.text)",
                metadata: ["warning": "\(warning.kind.rawValue)", "count": .stringConvertible(warning.count)]
            )
        }
    }

    /// What `--mappings` or `--mappings-file` asks for; nil where none is given, and for `--mappings` where nothing may
    /// be fetched.
    func mappings(
        fetch: (@Sendable (_ identityProvider: String) -> [AttributeMapping]?)?,
        warn: @escaping @Sendable (String) -> Void
    ) throws -> MappingBook? {
        if let path = settings.text(.mappingsFile) {
            let file = try MappingsFile(path: path)
            return MappingBook(.file(name: file.name, file.lines.map(\.mapping)), warn: warn)
        }
        guard try settings.isSet(.mappings), let fetch else { return nil }
        return MappingBook(.identityProviders(fetch: fetch), warn: warn)
    }

    func uuid(_ key: SettingKey) throws -> String? {
        try settings.value(key, expected: "a UUID, such as abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6") {
            UUIDText($0) == nil ? nil : $0
        }
    }

    func rate() throws -> RateSetting {
        let bounded = try settings.value(
            .maxRate,
            expected: "a number from 0.001 to 100000, or such numbers by the time of day, such as '08:00,20 18:30,100'",
            SettingText.maxRate
        )
        let rate = try settings.standing(.rate, expected: "auto, or a number from 0.001 to 100000") {
            text -> RateSetting? in
            text == "auto" ? bounded ?? .auto(max: nil) : SettingText.rate(text).map { .fixed($0) }
        }
        if case .fixed = rate, bounded != nil {
            throw settings.failure(for: .maxRate, "bounds --rate auto; with --rate N there is nothing to bound.")
        }
        return rate
    }

    func concurrency() throws -> Int {
        try settings.standing(.concurrency, expected: "1 to 250", SettingText.count(1...250))
    }

    func breaker() throws -> Breaker {
        try Breaker(
            settings.standing(.maxFailures, expected: "a number above 0, or a share such as 50%") {
                Breaker.Limit(argument: $0)
            }
        )
    }

    func progressStyle() throws -> ProgressReport.Style {
        let style = try settings.standing(.progress, expected: "auto, bar, log or none") {
            ProgressReport.Style(rawValue: $0)
        }
        return settings.isQuiet ? .none : style
    }

    func maxWait() throws -> Duration {
        try settings.standing(.maxWait, expected: "a time, such as 90s, 5m or 1h", SettingText.duration)
    }

    func timeout() throws -> Duration {
        try settings.standing(.timeout, expected: "seconds above 0", SettingText.duration)
    }

    func attempts() throws -> Int {
        try settings.standing(.attempts, expected: "1 to 100", SettingText.count(1...100))
    }

    func limit() throws -> Int? {
        try settings.value(.limit, expected: "a number above 0", SettingText.count(1...Int.max))
    }

    /// Rows that otherwise are left as they are.
    func retried() throws -> [ResumePolicy.Retry] {
        try settings.list(.retry, expected: "rejected, undone, not-found or missing") {
            ResumePolicy.Retry(rawValue: $0)
        }
    }
}
