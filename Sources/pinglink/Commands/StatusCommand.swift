import ArgumentParser
import Reporting

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows what is in a ledger: rows by state, the runs, what is left to settle.",
        discussion: HelpText.text(
            "Works at any time, also while a run goes on.",
            examples: ["pinglink status users.csv.ledger", "pinglink status users.csv.ledger --json"],
            files: HelpText.ledgerFiles,
            exitCodes: [("0", "shown"), HelpText.usage, HelpText.noLedger, HelpText.output]
        )
    )

    @OptionGroup var ledger: ReadLedgerOptions

    @Flag(help: "One JSON object.")
    var json = false

    func run() throws {
        try ending {
            let status = try LedgerStatus(ledger: ledger.location())
            try Console.report(json ? status.json : status.text, isJSON: json)
            return 0
        }
    }
}
