import ArgumentParser

/// What every command takes that goes over the rows of a ledger at PingOne.
struct LedgerRunOptions: SettingOptions {
    @OptionGroup var ledger: LedgerOptions

    @OptionGroup(title: "Ledger in a database")
    var database: DatabaseOptions

    @OptionGroup(title: "Connection")
    var connection: ConnectionOptions

    @OptionGroup(title: "Speed")
    var speed: SpeedOptions

    @OptionGroup(title: "Stopping")
    var stop: StopOptions

    @OptionGroup(title: "Output")
    var output: OutputOptions

    @OptionGroup(title: "Output")
    var report: ReportFileOptions

    @OptionGroup(title: "Configuration")
    var config: ConfigOptions
}
