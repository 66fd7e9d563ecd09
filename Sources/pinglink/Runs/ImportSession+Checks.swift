import Ledger
import LinkImport
import LinkRows
import PingOneClient

extension ImportSession {
    /// - Throws: a usage failure where `--strict` cannot know all rows before it sends one.
    static func checkStrictly(_ input: InputFile, _ reading: ReadingOptions) throws {
        if !input.isRereadable {
            throw CommandFailure.usage(
                "--strict reads the input twice, which \(input.name) does not allow: use a file."
            )
        }
        if reading.userKey != nil {
            throw CommandFailure.usage(
                "--strict sends nothing if one row is invalid, but with --user-key it shows only during the run whose user "
                    + "does not exist. Leave one of them out."
            )
        }
    }

    /// With `--strict`, before the first row is sent.
    ///
    /// - Throws: a failure where a row is invalid.
    func checkRows(_ scan: InputScan) throws {
        let log = RunLog(
            logger: logger,
            whereabouts: connection.whereabouts,
            whereAllAre: "pinglink validate names them all"
        )
        let style = values.run.progress
        let check = try ReadingReport.during(of: input.name, style: style, logger: logger) { progress in
            try InputCheck(input, scan: scan, options: options.reading, progress: progress) { issue in
                log.note(.rowStandsOut(line: issue.line, as: "invalid", problem: RowProblem(issue)))
            }
        }
        log.summarizeRows()
        guard check.invalid == 0 else {
            throw CommandFailure(
                message: "\(input.name): \(DigitGroups.text(check.invalid)) of \(DigitGroups.text(check.rows)) "
                    + "rows are invalid, and with --strict nothing is sent then. "
                    + "Correct them, or leave --strict out to send the others.",
                code: 65
            )
        }
    }

    /// - Throws: a usage failure where the ledger's rows are to be the other thing.
    func checkKind(of store: ImportStore) throws {
        let kind = options.kind
        let apart: RunKind = kind == .linking ? .unlinking : .linking
        guard let location, try store.kinds().contains(apart) else { return }
        throw CommandFailure.usage(
            "\(location.name): is a ledger of \(apart.command), and \(kind.command) keeps its rows apart from those. "
                + (location.path == nil
                    ? "Give --ledger-schema NAME with the name of another schema."
                    : "Give --ledger PATH with another path, or leave it out.")
        )
    }
}
