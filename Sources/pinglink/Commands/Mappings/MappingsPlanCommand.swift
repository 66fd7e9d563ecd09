import ArgumentParser

struct MappingsPlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Compares the attribute mappings with a CSV file; changes nothing.",
        discussion: """
              create      apply makes it
              change      it says something else; apply --change changes it
              same        nothing to do
              only there  not in the file; it is left alone
            """
    )

    @Argument(help: .mappingsFile, completion: .file())
    var file: String

    @OptionGroup var options: MappingsOptions

    func run() throws {
        try ending { try options.session().plan(file: file) }
    }
}
