import ArgumentParser

/// Where the configuration is.
struct ConfigOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Configuration file (YAML; keys are flag names). Default: ./pinglink.yaml, else ~/.config/pinglink/config.yaml.",
            valueName: "FILE"
        ),
        completion: .file()
    )
    var config: String?

    @Option(help: ArgumentHelp("Block of the configuration file to use.", valueName: "NAME"))
    var profile: String?
}

/// Where PingOne is and who we are there.
struct ConnectionOptions: SettingOptions {
    @Option(\.environment) var environment: String?
    @Option(\.idp) var idp: String?
    @Option(\.region) var region: String?
    @Option(\.apiURL) var apiURL: String?
    @Option(\.authURL) var authURL: String?
    @Option(\.authEnvironment) var authEnvironment: String?
    @Option(\.clientID) var clientID: String?
    @Option(\.clientSecretFile) var clientSecretFile: String?
    @Option(\.accessTokenFile) var accessTokenFile: String?
    @Option(\.accessTokenCommand) var accessTokenCommand: String?
    @Option(\.authMethod) var authMethod: String?
    @Option(\.privateKeyFile) var privateKeyFile: String?
    @Option(\.keyID) var keyID: String?
    @Option(\.caFile) var caFile: String?
    @Option(\.proxy) var proxy: String?
}

/// How fast, how often, how long.
struct SpeedOptions: SettingOptions {
    @OptionGroup var requests: RequestOptions
    @Option(\.concurrency) var concurrency: String?
}

/// How fast and how often one request after the other is sent.
struct RequestOptions: SettingOptions {
    @Option(\.rate) var rate: String?
    @Option(\.maxRate) var maxRate: String?
    @Option(\.timeout) var timeout: String?
    @Option(\.attempts) var attempts: String?
    @Option(\.maxWait) var maxWait: String?
}

/// When a run ends before its input does.
struct StopOptions: SettingOptions {
    @Option(\.maxDuration) var maxDuration: String?
    @Option(\.until) var until: String?
    @Option(\.maxFailures) var maxFailures: String?
}

/// How the CSV is read.
struct InputOptions: SettingOptions {
    @Option(\.encoding) var encoding: String?
    @Option(\.delimiter) var delimiter: String?
    @Option(\.update) var update: String?
    @Option(\.map) var map: [String] = []
    @Option(\.userKey) var userKey: String?
    @Option(\.userIndex) var userIndex: String?
    @Option(\.ignore) var ignore: [String] = []
    @Flag(\.acceptDamagedIDs) var acceptDamagedIDs = false
    @Flag(\.mappings) var mappings = false
    @Option(\.mappingsFile) var mappingsFile: String?
}

/// What is said, and how, by a command that takes its time.
struct OutputOptions: SettingOptions {
    @Option(\.progress) var progress: String?
    @OptionGroup var log: LogOptions
}

/// What is said, and how.
struct LogOptions: SettingOptions {
    @Option(\.logFormat) var logFormat: String?
    @Flag(\.quiet) var quiet = false

    @Flag(name: .shortAndLong, help: "Every row that is not linked, and more.")
    var verbose = false

    @Flag(help: "The summary as one JSON object.")
    var json = false
}

/// A page about the run.
struct ReportFileOptions: SettingOptions {
    @Option(\.reportFile) var reportFile: String?
}

/// How a ledger in a database is written.
struct DatabaseOptions: SettingOptions {
    @Option(\.ledgerSchema) var ledgerSchema: String?
    @Option(\.lease) var lease: String?
    @Option(\.ledgerPatience) var ledgerPatience: String?
}
