import Ledger
import LinkImport
import LinkRows
import PingOneClient

extension ImportSession {
    /// - Throws: a failure where `--strict` cannot know all rows before it sends one.
    static func checkStrictly(_ input: InputFile, _ reading: ReadingOptions, _ settings: Settings) throws {
        if !input.isRereadable {
            throw settings.failure(
                for: \.strict,
                "reads the input twice, which \(input.name) does not allow: use a file, or leave this out."
            )
        }
        if reading.userKey != nil {
            throw settings.failure(
                for: \.strict,
                "sends nothing if one row is invalid, but which users do not exist shows only during the run "
                    + "(\(settings.origin(of: \.userKey))). Leave one of them out."
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
        guard check.invalid == 0 else { throw strictFailure(check) }
    }

    private func strictFailure(_ check: InputCheck) -> CommandFailure {
        let rows = check.rows == 1 ? "1 row" : "\(DigitGroups.text(check.rows)) rows"
        let (verb, object) = check.invalid == 1 ? ("is", "it") : ("are", "them")
        return CommandFailure(
            message:
                "\(input.name): \(DigitGroups.text(check.invalid)) of \(rows) \(verb) invalid, and nothing is sent "
                + "then (\(settings.origin(of: \.strict))). Correct \(object)"
                + (check.invalid < check.rows ? ", or leave that out to send the others." : "."),
            code: 65
        )
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
                    : "Give --ledger PATH with another path"
                        + (settings.isFlag(\.ledger) && input.isRereadable ? ", or leave it out." : "."))
        )
    }
}
