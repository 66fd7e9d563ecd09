import ArgumentParser

struct MappingsApplyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Creates the attribute mappings of a CSV file that are missing.",
        discussion: HelpText.text(
            "Nothing is ever deleted; running it again changes nothing.",
            examples: [
                "pinglink mappings apply x-attribute-mappings.csv --dry-run",
                "pinglink mappings apply x-attribute-mappings.csv",
            ],
            files: HelpText.configurationFiles,
            exitCodes: [
                ("0", "everything is as the file says"),
                ("1", "some could not be made, or differ and --change was not given"), HelpText.usage,
                HelpText.brokenInput,
            ] + HelpText.connection
        )
    )

    @Argument(help: .mappingsFile, completion: .file())
    var file: String

    @OptionGroup(title: "Run")
    var applying: ApplyOptions

    @OptionGroup var options: MappingsOptions

    func run() throws {
        try ending { try options.session().apply(file: file, changes: applying.change, isDryRun: applying.dryRun) }
    }
}

/// What apply is to do.
struct ApplyOptions: ParsableArguments {
    @Flag(help: "Also changes mappings that say something else than the file.")
    var change = false

    @Flag(help: "Says what would be done; changes nothing.")
    var dryRun = false
}
