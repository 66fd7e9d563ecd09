import AttributeMappings
import FoundationEssentials
import Glibc
import Ledger
import LinkImport
import LinkRows
import Logging
import Pacing
import PingOneAPI
import PingOneClient
import RawPaths
import Reporting
import Version

/// Makes what an import, or `unlink`, needs of its settings, lets it run, and tells how it went.
struct ImportSession {
    let file: String
    let settings: Settings
    let output: OutputOptions
    let isDryRun: Bool
    /// `RunKind.linking` or `RunKind.unlinking`.
    var kind = RunKind.linking
    /// Asks whether the run may begin: given the input, how many rows it has where that is known, and the environment.
    var confirm: (_ input: String, _ rows: Int?, _ environment: String) throws -> Void = { _, _, _ in }

    /// - Returns: the exit code.
    func run() throws -> Int32 {
        let runID = UUID().uuidString.lowercased()
        let logger = try LogSettings(settings).logger(output.log, runID: runID)
        let values = try ImportSettings(settings)
        let connection = try Connection(values.connection, ledger: values.ledger)
        let paths = InputPaths(input: file, ledger: values.ledger.named, ledgerSchema: values.ledger.schema, kind)
        var options = runOptions(runID: runID, values, paths)
        let style = values.progress
        let deadline = Deadline(values.stop.deadlines)
        guard paths.ledger != nil || isDryRun else {
            let name = file == "-" ? "standard input" : file
            throw CommandFailure.usage(
                "\(name) can be read only once and has no place for a ledger: give --ledger PATH."
            )
        }
        let location = try values.ledger.location(ofRunOtherwiseIn: paths.ledger, logger: logger)
        let files = ImportFiles(input: file, paths: paths, options: options, settings: settings, ledger: location)
        try files.checkDistinct()

        let input = try InputFile(path: file)
        try files.checkLedger(of: input, options.reading)
        if !isDryRun { try files.checkPlaces() }
        if options.isStrict, !input.isRereadable {
            throw CommandFailure.usage(
                "--strict reads the input twice, which \(input.name) does not allow: use a file."
            )
        }

        if options.isStrict, options.reading.userKey != nil {
            throw CommandFailure.usage(
                "--strict sends nothing if one row is invalid, but with --user-key it shows only during the run whose user "
                    + "does not exist. Leave one of them out."
            )
        }

        let control = RunControl()
        let time = SystemTime()
        let pacer = connection.pacer(values.rate, sharedIn: isDryRun ? nil : location, time: time)
        let session = connection.session(pacer: pacer, control: control, time: time)
        options.reading.mappings = try values.input.mappings(
            fetch: { MappingSession(session: session, identityProvider: $0).mappings() },
            warn: { logger.warning("\(input.name): \($0)") }
        )
        try MachineRoom.makeFiles(forWorkers: options.concurrency)
        let signals = try Signals(control: control) {
            logger.notice("Stopping: waiting for the requests in flight. Once more to leave at once.")
        }
        let page =
            isDryRun
            ? nil
            : location.flatMap { ReportFile(settings, ledger: $0, logger: logger) }
        defer { page?.finish() }
        let (store, forget) = try openStore(at: location)
        do {
            try checkKind(of: store, location)
            let scan = input.isRereadable ? try scan(input, options, connection, store, style, logger) : nil
            if let run = scan?.finishedBy {
                logger.info(
                    "\(input.name): unchanged since run \(run), which finished it; its rows are not read again."
                )
            }
            logger.tell(scan?.warnings ?? [], of: input.name)
            let log = RunLog(
                logger: logger,
                whereabouts: connection.whereabouts,
                whereAllAre: isDryRun ? "an import leaves them all in the result files" : "they are in the result files"
            )
            if options.isStrict, let scan, scan.finishedBy == nil {
                try checkStrictly(input, scan, options.reading, style, logger, connection)
            }
            if !isDryRun, scan?.finishedBy == nil { try confirm(input.name, scan?.rows, connection.environment) }
            if scan == nil {
                logger.warning(
                    "\(input.name) can be read only once: of two rows that contradict each other, the first is sent."
                )
            }
            let run = ImportRun(
                options: options,
                input: input,
                scan: scan,
                store: store,
                session: session,
                report: log.note
            )
            signals.runBegins()
            try deadline.start(control, time: time, logger: logger)
            LocalTime.check(deadline, values.rate, logger)
            let latest = RunProgress(
                { [isDryRun, kind] in ProgressCounts(run.counts, work: run.work, isDryRun: isDryRun, kind: kind) },
                total: scan?.rows,
                session: session
            )
            let progress = ProgressReport(style: style, logger: logger) { latest.line }
            defer { progress.end() }
            try page?.begin()
            var report = try run.run()
            progress.end()
            page?.pause()
            do throws(LedgerError) { try store.close() } catch { report.stop = report.stop ?? .ledger(error) }
            logger.tell(Array(report.warnings.dropFirst(scan?.warnings.count ?? 0)), of: input.name)
            return try tell(report, paths, values.log, log, logger)
        } catch {
            page?.pause()
            forget()
            throw error
        }
    }

    private func runOptions(runID: String, _ values: ImportSettings, _ paths: InputPaths) -> ImportRun.Options {
        ImportRun.Options(
            runID: runID,
            kind: kind,
            version: version,
            inputName: paths.inputName,
            part: paths.part,
            reading: values.input.reading(of: paths),
            userIndex: values.input.userIndex,
            concurrency: values.concurrency,
            limit: values.limit,
            isDryRun: isDryRun,
            isStrict: values.isStrict,
            resume: ResumePolicy(retrying: Set(values.retried)),
            breaker: values.stop.breaker,
            rejectsPath: settings.text(\.rejects) ?? paths.rejects,
            retryPath: settings.text(\.retryFile) ?? paths.retry
        )
    }

    /// - Returns: the store, and what to do with it when the run does not begin: a ledger that was made for it goes.
    private func openStore(at location: (any LedgerLocation)?) throws -> (ImportStore, forget: () -> Void) {
        guard let location else { return (.reading(nil), {}) }
        let existed = location.exists
        if isDryRun { return (.reading(existed ? try location.reader() : nil), {}) }
        let ledger = try location.open(now: { Date() })
        return (
            .writing(ledger),
            {
                let isUnused = !existed && (try? location.reader().runs().isEmpty) == true
                try? ledger.close()
                if isUnused, let path = location.path { unsafe unlink(path.pathBytes) }
            }
        )
    }

    /// - Throws: a usage failure where the ledger's rows are to be the other thing.
    private func checkKind(of store: ImportStore, _ location: (any LedgerLocation)?) throws {
        let apart: RunKind = kind == .linking ? .unlinking : .linking
        guard let location, try store.kinds().contains(apart) else { return }
        throw CommandFailure.usage(
            "\(location.name): is a ledger of \(apart.command), and \(kind.command) keeps its rows apart from those. "
                + (location.path == nil
                    ? "Give --ledger-schema NAME with the name of another schema."
                    : "Give --ledger PATH with another path, or leave it out.")
        )
    }

    private func scan(
        _ input: InputFile,
        _ options: ImportRun.Options,
        _ connection: Connection,
        _ store: ImportStore,
        _ style: ProgressReport.Style,
        _ logger: Logger
    ) throws -> InputScan {
        try ReadingReport.during(of: input.name, style: style, logger: logger) { progress in
            try InputScan(
                input,
                for: options,
                environment: connection.environment,
                store: store,
                progress: progress
            )
        }
    }

    private func checkStrictly(
        _ input: InputFile,
        _ scan: InputScan,
        _ reading: ReadingOptions,
        _ style: ProgressReport.Style,
        _ logger: Logger,
        _ connection: Connection
    ) throws {
        let log = RunLog(
            logger: logger,
            whereabouts: connection.whereabouts,
            whereAllAre: "pinglink validate names them all"
        )
        let check = try ReadingReport.during(of: input.name, style: style, logger: logger) { progress in
            try InputCheck(input, scan: scan, options: reading, progress: progress) { issue in
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

    private func tell(
        _ report: ImportRun.Report,
        _ paths: InputPaths,
        _ output: LogSettings,
        _ log: RunLog,
        _ logger: Logger
    ) throws -> Int32 {
        log.summarize(report.stop, report.resultFileError)
        log.tell(undone: report.counts.undone)
        RunMetrics(settings, isDryRun: isDryRun)?.write(report, logger)
        let advice = NextCommand(settings: settings, kind: kind, file: file, paths: paths).advice(after: report)
        try output.tell(
            RunSummary(report, isDryRun: isDryRun, advice: isDryRun ? [] : advice),
            isJSON: self.output.log.json,
            logger: logger
        )
        return report.exitCode
    }
}
