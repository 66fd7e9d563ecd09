import ArgumentParser

struct MappingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mappings",
        abstract: "Shows and completes an identity provider's attribute mappings.",
        discussion: HelpText.text(
            """
            A mapping says what a user's attribute is filled with at sign-on: name (the PingOne attribute), value (such \
            as ${providerAttributes.email}) and update (EMPTY_ONLY, or ALWAYS to overwrite). Keep them in a CSV file:

              name,value,update
              email,${providerAttributes.email},EMPTY_ONLY

            list shows what there is, plan compares it with the file, apply creates what is missing. Nothing is ever \
            deleted, and running apply again changes nothing.
            """,
            examples: [
                "pinglink mappings plan x-attribute-mappings.csv",
                "pinglink mappings apply x-attribute-mappings.csv",
            ],
            files: HelpText.configurationFiles,
            exitCodes: HelpText.group
        ),
        subcommands: [MappingsListCommand.self, MappingsPlanCommand.self, MappingsApplyCommand.self]
    )
}

/// What all of them need to know.
struct MappingsOptions: SettingOptions {
    @OptionGroup(title: "Connection")
    var connection: ConnectionOptions

    @OptionGroup(title: "Speed")
    var requests: RequestOptions

    @OptionGroup(title: "Output")
    var output: LogOptions

    @OptionGroup(title: "Configuration")
    var config: ConfigOptions

    /// Makes the session, after everything that can be checked without a connection was.
    func session() throws -> MappingsCommandSession {
        try MappingsCommandSession(Settings(self, config: config), output: output)
    }
}

extension ArgumentHelp {
    /// What plan and apply read.
    static var mappingsFile: ArgumentHelp {
        ArgumentHelp(
            "CSV file with the columns name, value and update, plain or gzip; - for standard input.",
            valueName: "FILE"
        )
    }
}
