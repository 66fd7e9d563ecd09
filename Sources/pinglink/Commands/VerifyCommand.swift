import ArgumentParser
import Ledger
import LinkImport
import LinkRows
import Reporting

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Reads every linked row back from PingOne: match, missing, different, extra.",
        discussion: HelpText.text(
            """
            Only reads. Looks at the links of each user in the ledger once, at the permitted rate. Run it again to go \
            on after a stop; after an import or undo it begins anew.
            """,
            examples: ["pinglink verify users.csv.ledger --output proof.csv"],
            files: HelpText.ledgerFiles + HelpText.configurationFiles,
            exitCodes: [
                ("0", "every link is there, and no other at the same identity providers"),
                ("1", "links are missing, different, extra or not read"),
                ("3", "stopped by --max-duration or --until"), HelpText.usage, HelpText.noLedger,
            ] + HelpText.run
        )
    )

    @Option(
        name: [.customLong("output"), .customShort("o")],
        help: ArgumentHelp(
            "Write the result of each row to this file; - is standard output, the summary then goes to standard error.",
            valueName: "F"
        ),
        completion: .file()
    )
    var outputPath: String?

    @Option(help: ArgumentHelp("Of that file: csv (default) or jsonl.", valueName: "F"))
    var format: RecordFormat = .csv

    @Flag(help: "Begin anew instead of going on with a verification that was interrupted.")
    var anew = false

    @OptionGroup
    var options: LedgerRunOptions

    func run() throws {
        try ending(isWriting: true) {
            let isToStandardOutput = outputPath == "-"
            let session = try LedgerSession(
                options,
                runID: nil,
                output: isToStandardOutput ? nil : outputPath,
                whereAllAre: "--output has them all"
            )
            defer { try? session.close() }  // for the ways out before the end; a second time it does nothing
            let report = try verify(session)
            session.log.summarize(report.stop)
            if let outputPath {
                try OutputFile.write(to: isToStandardOutput ? nil : outputPath) { write in
                    try VerificationExport.write(session.ledger, format: format, to: write)
                }
            }
            // Not before the results are written: where that fails, the next call has them without reading anew.
            if report.isComplete { try session.ledger.endVerification() }
            try session.close()
            let summary = VerifySummary(report, results: isToStandardOutput ? "standard output" : outputPath)
            try session.tell(summary, to: isToStandardOutput ? 2 : 1)
            return report.exitCode
        }
    }

    private func verify(_ session: LedgerSession) throws -> VerifyRun.Report {
        let verification = try session.ledger.beginVerification(environment: session.environment, isAnew: anew)
        if verification.checked > 0 {
            session.warn(
                "Going on with an interrupted verification: \(DigitGroups.text(verification.checked)) of "
                    + "\(DigitGroups.text(verification.rows)) rows \(verification.checked == 1 ? "was" : "were") looked at "
                    + "then. To begin anew: --anew."
            )
        }
        if verification.elsewhere > 0 {
            let rows =
                verification.elsewhere == 1
                ? "1 linked row is" : "\(DigitGroups.text(verification.elsewhere)) linked rows are"
            session.warn("\(rows) in other environments and not looked at.")
        }
        if verification.inDoubt > 0 {
            session.warn(
                "\(verification.inDoubt == 1 ? "1 row is" : "\(DigitGroups.text(verification.inDoubt)) rows are") in doubt and not looked at: "
                    + "run the command that was interrupted again to settle what is in doubt."
            )
        }
        let run = VerifyRun(
            session.ledger,
            session: session.frame.session,
            options: VerifyRun.Options(concurrency: session.settings.concurrency, breaker: session.settings.breaker),
            report: session.log.note
        )
        let before = verification.checked
        return try session.frame.run(
            total: verification.rows,
            counts: { ProgressCounts(run.counts, before: before, work: run.work) },
            { try run.run(verification) }
        )
    }
}
