import ArgumentParser

struct MappingsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Shows the identity provider's attribute mappings.",
        discussion: HelpText.text(
            "core: came with the provider, only its value can be changed. custom: made by somebody.",
            examples: ["pinglink mappings list", "pinglink mappings list --json"],
            files: HelpText.configurationFiles,
            exitCodes: [("0", "shown"), HelpText.usage] + HelpText.connection
        )
    )

    @OptionGroup var options: MappingsOptions

    func run() throws {
        try ending { try options.session().list() }
    }
}
