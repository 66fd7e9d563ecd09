import ArgumentParser

struct MappingsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Shows the identity provider's attribute mappings.",
        discussion: "core: came with the provider, only its value can be changed. custom: made by somebody."
    )

    @OptionGroup var options: MappingsOptions

    func run() throws {
        try ending { try options.session().list() }
    }
}
