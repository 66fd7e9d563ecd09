import ArgumentParser

struct MappingsPlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Compares the attribute mappings with a CSV file; changes nothing.",
        discussion: HelpText.text(
            """
              create      apply makes it
              change      it says something else; apply --change changes it
              same        nothing to do
              only there  not in the file; it is left alone
            """,
            examples: ["pinglink mappings plan x-attribute-mappings.csv"],
            files: HelpText.configurationFiles,
            exitCodes: [("0", "compared"), HelpText.usage, HelpText.brokenInput] + HelpText.connection
        )
    )

    @Argument(help: .mappingsFile, completion: .file())
    var file: String

    @OptionGroup var options: MappingsOptions

    func run() throws {
        try ending { try options.session().plan(file: file) }
    }
}
