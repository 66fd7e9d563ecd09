import ArgumentParser
import FoundationEssentials

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Shows which settings hold.",
        discussion: HelpText.text(
            """
            A flag wins over an environment variable, that over the configuration file, that over the default. The file \
            is YAML with the flags' names as keys:

              environment: abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6
              client-secret-file: /etc/pinglink/client-secret
              profiles:
                nightly:
                  max-rate: 100

            What stands at the top holds always; what stands in a profile holds with --profile NAME and wins.
            """,
            examples: ["pinglink config show --profile nightly"],
            files: HelpText.configurationFiles,
            exitCodes: HelpText.group
        ),
        subcommands: [ConfigShowCommand.self]
    )
}

struct ConfigShowCommand: ParsableCommand, SettingOptions {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows every setting, its value and where that came from; sends nothing.",
        discussion: HelpText.text(
            """
            Takes the flags of an import, and shows what an import with them would use. Secrets are not shown, only \
            that they are set. Where an import would refuse a value, it says so in the same words and ends with the same \
            exit code.
            """,
            examples: ["pinglink config show --profile nightly", "pinglink config show --rate 50 --json"],
            files: HelpText.configurationFiles,
            exitCodes: [("0", "an import would take the settings"), HelpText.usage, HelpText.configuration]
        )
    )

    // One group for all of them, shared with ImportCommand, would be shorter; swift-argument-parser 1.8.2 takes several
    // times as long to start with groups inside groups.
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
        try ending {
            let settings = try Settings(self, config: config)
            let listing = SettingsListing(settings, environment: ProcessInfo.processInfo.environment)
            try Console.report(output.log.json ? listing.json : listing.text, isJSON: output.log.json)
            _ = try ImportSettings(settings)
            return 0
        }
    }
}
