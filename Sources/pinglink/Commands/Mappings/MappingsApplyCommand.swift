import ArgumentParser

struct MappingsApplyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Creates the attribute mappings of a CSV file that are missing.",
        discussion: """
            Ends with 0 when everything is as the file says, and with 1 when a mapping could not be made, or says \
            something else and --change was not given. Nothing is ever deleted; running it again changes nothing.
            """
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
