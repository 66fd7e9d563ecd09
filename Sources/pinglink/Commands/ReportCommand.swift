import ArgumentParser
import FoundationEssentials
import Ledger
import Reporting

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Makes an HTML page about a ledger's runs, for people.",
        discussion: HelpText.text(
            """
            One file that needs nothing else, for any browser, phone or printer: what became of the rows, how fast it \
            went, what went wrong and what to do about it. It names lines of the input, but no users, accounts or \
            values, so that it may be passed on. Works at any time, also while a run goes on.
            """,
            examples: [
                "pinglink report users.csv.ledger",
                "pinglink report users.csv.ledger -o /var/www/html/import.html --quiet",
            ],
            files: HelpText.ledgerFiles + [("LEDGER.html", "the page; --output")],
            exitCodes: [("0", "written"), HelpText.usage, HelpText.noLedger, HelpText.output]
        )
    )

    @OptionGroup var ledger: ReadLedgerOptions

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The page (default: LEDGER.html; - for standard output).", valueName: "FILE"),
        completion: .file()
    )
    var output: String?

    @Flag(help: "Do not say where the page is.")
    var quiet = false

    func run() throws {
        try ending {
            let settings = try ledger.settings()
            guard let location = try settings.location() else { throw CommandFailure.noLedger }
            let path = output ?? (location.path ?? settings.schema) + ".html"
            if path != "-" {
                try DistinctFiles.check(output: path, isReplaced: true, ofLedger: location)
            }
            let page = try ReportPage.html(LedgerReport(ledger: location, now: Date()))
            guard path != "-" else {
                try OutputFile.write(to: nil) { try $0(Array(page.utf8)) }
                return 0
            }
            do throws(FileReplacement.Failure) {
                try FileReplacement.write(page, to: path, mode: 0o600)
            } catch {
                throw OutputFile.failure(path, reason: error.reason, flag: "--output")
            }
            if !quiet { try Console.report("report: \(path)", isJSON: false) }
            return 0
        }
    }
}
