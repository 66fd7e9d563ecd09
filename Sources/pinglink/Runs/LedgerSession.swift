import FoundationEssentials
import Ledger
import Logging
import Pacing
import PingOneClient
import Reporting

/// What a run over the rows of a ledger has around it: the ledger's lock, signals, deadlines, pace, log and progress.
struct LedgerSession {
    let ledger: any Ledger
    let environment: String
    let session: APISession
    let concurrency: Int
    let breaker: Breaker
    let log: RunLog
    private let output: LogSettings
    private let isJSON: Bool
    private let logger: Logger
    private let rate: RateSetting
    private let pacer: Pacer
    private let time = SystemTime()
    private let style: ProgressReport.Style
    private let deadline: Deadline
    private let signals: Signals
    private let page: ReportFile?

    /// Opens the ledger, which must exist, for writing.
    ///
    /// `output`: the file of the command's `--output`; `whereAllAre`: where to look for all rows when only the first ones
    /// are named.
    init(_ options: LedgerRunOptions, runID: String?, output: String? = nil, whereAllAre: String) throws {
        let settings = try Settings(options, config: options.config)
        self.output = try LogSettings(settings)
        isJSON = options.output.log.json
        logger = self.output.logger(options.output.log, runID: runID)
        let named = try LedgerSettings(settings)
        guard let location = try named.location(ofRunOtherwiseIn: nil, logger: logger) else {
            throw CommandFailure.noLedger
        }
        try Self.checkFiles(location, output: output, page: settings.text(\.reportFile))
        let environments = try Self.environments(of: location)
        let connection = try Connection(
            ConnectionSettings(settings),
            ledger: named,
            ledgerEnvironment: environments.count == 1 ? environments.first : nil
        )
        environment = connection.environment
        let isKnown = environments.contains { $0.lowercased() == connection.environment.lowercased() }
        guard isKnown || environments.isEmpty else {
            throw CommandFailure.usage(
                "\(location.name): has no rows of environment \(environment), but rows of "
                    + "\(environments.joined(separator: ", ")) only. Check --environment."
            )
        }
        let stop = try StopSettings(settings)
        concurrency = try settings.value(\.concurrency)
        breaker = stop.breaker
        style = try ProgressReport.Style(settings)
        deadline = Deadline(stop.deadlines)
        let control = RunControl()
        rate = try RateSetting(settings)
        pacer = connection.pacer(rate, sharedIn: location, time: time)
        session = connection.session(pacer: pacer, control: control, time: time)
        log = RunLog(logger: logger, whereabouts: connection.whereabouts, whereAllAre: whereAllAre)
        try MachineRoom.makeFiles(forWorkers: concurrency)
        signals = try Signals(control: control) { [logger] in
            logger.notice("Stopping: waiting for the requests in flight. Once more to leave at once.")
        }
        page = ReportFile(settings, ledger: location, logger: logger)
        ledger = try location.open(now: { Date() })
    }

    /// Does the work with progress shown.
    ///
    /// `counts`: what is done so far; asked on a queue of its own.
    func run<Report>(
        total: Int,
        counts: @escaping @Sendable () -> ProgressCounts,
        _ work: () throws -> Report
    ) throws -> Report {
        signals.runBegins()
        try deadline.start(session.control, time: time, logger: logger)
        LocalTime.check(deadline, rate, logger)
        let latest = RunProgress(counts, total: total, session: session)
        let progress = ProgressReport(style: style, logger: logger) { latest.line }
        defer { progress.end() }
        try page?.begin()
        return try work()
    }

    /// Closes the ledger and leaves the last page of `--report-file`; a second time it does nothing but to throw.
    func close() throws {
        page?.pause()
        defer { page?.finish() }
        try ledger.close()
    }

    /// `descriptor`: where else than on standard output.
    func tell(_ summary: some CommandSummary, to descriptor: Int32 = 1) throws {
        try output.tell(summary, isJSON: isJSON, logger: logger, to: descriptor)
    }

    func say(_ text: String) {
        logger.notice("\(text)")
    }

    func warn(_ text: String) {
        logger.warning("\(text)")
    }

    private static func checkFiles(_ ledger: any LedgerLocation, output: String?, page: String?) throws {
        var files = [DistinctFiles.Named(name: "LEDGER", path: ledger.name, isReplaced: false)]
        if let output { files.append(.init(name: "--output", path: output, isReplaced: false, isOutput: true)) }
        if let page { files.append(.init(name: "--report-file", path: page, isReplaced: true)) }
        for path in [output, page].compactMap(\.self) { try OutputFile.checkFolder(of: path) }
        try DistinctFiles.check(files, protecting: ProtectedFiles(ledger: ledger))
    }

    /// A ledger is read before it is written, so that a wrong path is a wrong path and makes no new ledger.
    private static func environments(of location: any LedgerLocation) throws -> [String] {
        do {
            let reader = try location.reader()
            defer { reader.close() }
            guard try !reader.kinds().contains(.unlinking) else {
                throw CommandFailure.usage(
                    "\(location.name): is the ledger of an unlink: its links are gone, and there is nothing to verify or undo. "
                        + "Name the ledger of an import."
                )
            }
            return try reader.environments()
        } catch {
            throw CommandFailure(error, isWriting: false)
        }
    }
}
