import ArgumentParser
import FoundationEssentials
import Ledger
import LinkImport
import PingOneAPI
import Reporting

struct UndoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: "Deletes from PingOne exactly the links that this ledger's runs have made.",
        discussion: HelpText.text(
            """
            Links that were there before (already-linked), or that somebody has made anew since, stay. User attributes \
            that were updated when the links were made are not set back. Asks before it begins; run it again to go on \
            after a stop. A later import leaves the rows out; with --retry undone it links them again.
            """,
            examples: [
                "pinglink undo users.csv.ledger --dry-run   # how many links would go",
                "pinglink undo users.csv.ledger",
            ],
            files: HelpText.ledgerFiles + HelpText.configurationFiles,
            exitCodes: [
                ("0", "all are gone, and no row is in doubt"), ("1", "some links are left, or rows are in doubt"),
                ("3", "stopped by --max-duration or --until, or not answered with yes"), HelpText.usage,
                HelpText.noLedger,
            ] + HelpText.run
        )
    )

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp("Only links made by this run (run_id in the ledger).", valueName: "ID")
    )
    var runID: String?

    @Flag(help: "Also links known only from a read-back: most likely, but not certainly, made by this ledger's runs.")
    var includeReadBack = false

    @Flag(help: "Say what would be deleted; delete nothing.")
    var dryRun = false

    @Flag(help: "Do not ask.")
    var yes = false

    @OptionGroup
    var options: LedgerRunOptions

    func run() throws {
        try ending(isWriting: true) {
            let ownRunID = UUID().uuidString.lowercased()
            let session = try LedgerSession(
                options,
                runID: ownRunID,
                whereAllAre: "run undo again to try them again"
            )
            defer { try? session.close() }  // for the ways out before the end; a second time it does nothing
            if let runID, try !session.ledger.hasRun(runID) {
                throw CommandFailure.usage("--run: the ledger has no run \(runID). pinglink status LEDGER lists them.")
            }
            let choice = UndoChoice(
                environment: session.environment,
                runID: runID,
                includesReadBack: includeReadBack
            )
            let extent = try session.ledger.undoExtent(choice)
            let plan = UndoSummary.plan(extent, environment: session.environment)
            guard !dryRun else {
                let summary = UndoSummary(UndoRun.Report(planned: extent), isDryRun: true)
                let isJSON = options.output.log.json
                try Console.report(isJSON ? summary.json : plan + "\nNothing was deleted.", isJSON: isJSON)
                return 0
            }
            if extent.links > 0, yes {
                session.say(plan)
            } else if extent.links > 0 {
                try Confirmation.ask(plan, command: "undo")
            }
            let run = UndoRun(
                session.ledger,
                session: session.frame.session,
                options: UndoRun.Options(
                    runID: ownRunID,
                    choice: choice,
                    concurrency: session.settings.concurrency,
                    breaker: session.settings.breaker
                ),
                report: session.log.note
            )
            let report = try session.frame.run(
                total: extent.links,
                counts: { ProgressCounts(run.counts, work: run.work) },
                { try run.run(extent) }
            )
            session.log.summarize(report.stop)
            try session.close()
            try session.tell(UndoSummary(report))
            return report.exitCode
        }
    }
}
