import AttributeMappings
import FoundationEssentials
import Glibc
import Ledger
import LinkImport
import LinkRows
import Logging
import RawPaths
import Reporting
import Version

/// Makes what an import, or `unlink`, needs of its settings, lets it run, and tells how it went.
struct ImportSession {
    private let file: String
    let settings: Settings
    private let isJSON: Bool
    let logger: Logger
    let values: ImportSettings
    let connection: Connection
    private let paths: InputPaths
    let location: (any LedgerLocation)?
    private(set) var options: ImportRun.Options
    let input: InputFile
    private let frame: RunFrame

    /// Looks at settings and files; nothing is made or sent yet, but for the mappings, which are fetched.
    ///
    /// `kind`: `RunKind.linking` or `RunKind.unlinking`.
    init(
        file: String,
        settings: Settings,
        output: OutputOptions,
        isDryRun: Bool,
        kind: RunKind = .linking
    ) throws {
        self.file = file
        self.settings = settings
        isJSON = output.log.json
        let runID = UUID().uuidString.lowercased()
        let logger = try LogSettings(settings).logger(output.log, runID: runID)
        self.logger = logger
        values = try ImportSettings(settings)
        connection = try Connection(values.connection, ledger: values.ledger)
        paths = InputPaths(input: file, ledger: values.ledger.named, ledgerSchema: values.ledger.schema, kind)
        options = ImportRun.Options(
            runID: runID,
            kind: kind,
            version: version,
            inputName: paths.inputName,
            part: paths.part,
            reading: values.input.reading(of: paths),
            userIndex: values.input.userIndex,
            concurrency: values.run.concurrency,
            limit: values.limit,
            isDryRun: isDryRun,
            isStrict: values.isStrict,
            resume: ResumePolicy(retrying: Set(values.retried)),
            breaker: values.run.breaker,
            rejectsPath: try settings.value(\.rejects) ?? paths.rejects,
            retryPath: try settings.value(\.retryFile) ?? paths.retry
        )
        options.reading.columns.readsAttributes = kind == .linking
        guard paths.ledger != nil || isDryRun else {
            throw CommandFailure.usage(
                "\(file == "-" ? "standard input" : file) can be read only once and has no place for a ledger: give "
                    + "--ledger PATH."
            )
        }
        location = try values.ledger.location(ofRunOtherwiseIn: paths.ledger, logger: logger)
        let files = ImportFiles(input: file, paths: paths, options: options, settings: settings, ledger: location)
        try files.checkDistinct()
        input = try InputFile(path: file)
        try files.checkLedger(of: input, options.reading)
        try files.checkPlaces()
        if options.isStrict { try Self.checkStrictly(input, options.reading, settings) }
        frame = try RunFrame(
            values.run,
            connection,
            ledger: isDryRun ? nil : location,
            page: try settings.value(\.reportFile),
            logger: logger
        )
        options.reading.mappings = try values.input.mappings(
            fetch: { [session = frame.session] in
                MappingSession(session: session, identityProvider: $0).mappings()
            },
            warn: { [name = input.name] in logger.warning("\(name): \($0)") }
        )
    }

    /// `confirm`: asks whether the run may begin, and throws where it may not; given the input, how many rows it has where
    /// that is known, and the environment.
    ///
    /// - Returns: the exit code.
    func run(
        confirm: (_ input: String, _ rows: Int?, _ environment: String) throws -> Void = { _, _, _ in }
    ) throws -> Int32 {
        defer { frame.finish() }
        let (store, forget) = try openStore()
        do {
            try checkKind(of: store)
            let scan = input.isRereadable ? try scan(store) : nil
            let isFinished = scan?.finishedBy != nil
            if options.isStrict, let scan, !isFinished { try checkRows(scan) }
            if !options.isDryRun, !isFinished { try confirm(input.name, scan?.rows, connection.environment) }
            if scan == nil {
                logger.warning("\(input.name) \(Self.onceOnly)")
            }
            return try send(store, scan)
        } catch {
            frame.pause()
            forget()
            throw error
        }
    }

    private static let onceOnly = "can be read only once: of two rows that contradict each other, the first is sent."

    private func send(_ store: ImportStore, _ scan: InputScan?) throws -> Int32 {
        let log = RunLog(
            logger: logger,
            whereabouts: connection.whereabouts,
            whereAllAre: options.isDryRun
                ? "an import leaves them all in the result files" : "they are in the result files"
        )
        let run = ImportRun(
            options: options,
            input: input,
            scan: scan,
            store: store,
            session: frame.session,
            report: log.note
        )
        var report = try frame.run(
            total: scan?.rows,
            counts: { [isDryRun = options.isDryRun, kind = options.kind] in
                ProgressCounts(run.counts, work: run.work, isDryRun: isDryRun, kind: kind)
            },
            run.run
        )
        frame.pause()
        do throws(LedgerError) { try store.close() } catch { report.stop = report.stop ?? .ledger(error) }
        logger.tell(Array(report.warnings.dropFirst(scan?.warnings.count ?? 0)), of: input.name)
        try tell(report, log)
        return report.exitCode
    }

    private func tell(_ report: ImportRun.Report, _ log: RunLog) throws {
        log.summarize(report.stop, report.resultFileError)
        log.tell(undone: report.counts.undone)
        RunMetrics(settings, isDryRun: options.isDryRun)?.write(report, logger)
        let next = NextCommand(settings: settings, kind: options.kind, file: file, paths: paths)
        var last = options.isDryRun ? [] : next.advice(after: report)
        if paths.isStream { last.insert("\(input.name) \(Self.onceOnly)", at: 0) }
        let summary = RunSummary(report, isDryRun: options.isDryRun, advice: last)
        try values.log.tell(summary, isJSON: isJSON, logger: logger)
    }

    /// - Returns: the store, and what to do with it when the run does not begin: a ledger that was made for it goes.
    private func openStore() throws -> (ImportStore, forget: () -> Void) {
        guard let location else { return (.reading(nil), {}) }
        let existed = location.exists
        if options.isDryRun { return (.reading(existed ? try location.reader() : nil), {}) }
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

    /// The first reading.
    private func scan(_ store: ImportStore) throws -> InputScan {
        let scan = try ReadingReport.during(of: input.name, style: values.run.progress, logger: logger) { progress in
            try InputScan(
                input,
                for: options,
                environment: connection.environment,
                store: store,
                progress: progress
            )
        }
        if let run = scan.finishedBy {
            logger.info("\(input.name): unchanged since run \(run), which finished it; its rows are not read again.")
        }
        logger.tell(scan.warnings, of: input.name)
        return scan
    }
}
