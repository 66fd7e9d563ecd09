import ArgumentParser
import Ledger
import Reporting

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes a ledger's results as CSV or JSON lines.",
        discussion: HelpText.text(
            """
            The columns are those of the ledger's view "results". The text of ids is written as it is: a spreadsheet \
            may take an id that begins with =, +, - or @ for a formula. Only a terminal gets control characters escaped.
            """,
            examples: [
                "pinglink export users.csv.ledger --state rejected --format jsonl",
                "pinglink export users.csv.ledger --output results.csv",
            ],
            files: HelpText.ledgerFiles,
            exitCodes: [("0", "written"), HelpText.usage, HelpText.noLedger, HelpText.output]
        )
    )

    @OptionGroup var ledger: ReadLedgerOptions

    @Option(help: ArgumentHelp("csv (default) or jsonl.", valueName: "F"))
    var format: RecordFormat = .csv

    @Option(
        help: ArgumentHelp(
            "Only rows in this state: \(StateWord.all.joined(separator: ", ")). May be repeated.",
            valueName: "S"
        )
    )
    var state: [StateWord] = []

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Write to this file instead of standard output (-).", valueName: "F"),
        completion: .file()
    )
    var output: String?

    func run() throws {
        try ending {
            let ledger = try ledger.location()
            let reader = try ledger.reader()
            defer { reader.close() }
            let output = output == "-" ? nil : output
            if let output {
                try DistinctFiles.check(output: output, isReplaced: false, ofLedger: ledger)
            }
            try OutputFile.write(to: output) { write in
                try ResultExport.write(
                    reader,
                    format: format,
                    states: state.isEmpty ? nil : Set(state.map(\.text)),
                    to: write
                )
            }
            return 0
        }
    }
}

extension RecordFormat: ExpressibleByArgument {}

/// A state as exports show it.
struct StateWord: ExpressibleByArgument {
    let text: String

    static let all = LinkState.allCases.flatMap { $0.words.sorted() }

    init?(argument: String) {
        guard Self.all.contains(argument) else { return nil }
        text = argument
    }

    /// Without a line for each in the message about a wrong one: the option's help has them.
    static var allValueStrings: [String] { [] }
    static var defaultCompletionKind: CompletionKind { .list(all) }
}
