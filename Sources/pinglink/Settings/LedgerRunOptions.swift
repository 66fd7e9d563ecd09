import ArgumentParser

/// What every command takes that goes over the rows of a ledger at PingOne.
struct LedgerRunOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The ledger, such as users.csv.ledger.", valueName: "LEDGER"), completion: .file())
    var ledger: String

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

    func setup() throws -> CommandSetup {
        try CommandSetup(
            flags: [connection.flags, speed.flags, stop.flags, output.flags, report.flags],
            config: config
        )
    }
}
