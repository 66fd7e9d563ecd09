import FoundationEssentials
import Ledger
import Logging
import Reporting

/// What a run over the rows of a ledger has around it: the ledger with its lock, the log, and what every run has.
struct LedgerSession {
    let ledger: any Ledger
    let environment: String
    let settings: RunSettings
    let log: RunLog
    let frame: RunFrame
    private let output: LogSettings
    private let isJSON: Bool
    private let logger: Logger

    /// Opens the ledger, which must exist, for writing.
    ///
    /// `output`: the file of the command's `--output`; `whereAllAre`: where to look for all rows when only the first ones
    /// are named.
    init(_ options: LedgerRunOptions, runID: String?, output: String? = nil, whereAllAre: String) throws {
        let settings = try Settings(options, config: options.config)
        let page = try settings.value(\.reportFile)
        self.output = try LogSettings(settings)
        isJSON = options.output.log.json
        logger = self.output.logger(options.output.log, runID: runID)
        let named = try LedgerSettings(settings, isArgument: true)
        guard let location = try named.location(ofRunOtherwiseIn: nil, logger: logger) else {
            throw CommandFailure.noLedger
        }
        try Self.checkFiles(location, output: output, page: page)
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
                    + "\(environments.joined(separator: ", ")) only. Check \(settings.origin(of: \.environment))."
            )
        }
        self.settings = try RunSettings(settings)
        frame = try RunFrame(self.settings, connection, ledger: location, page: page, logger: logger)
        log = RunLog(logger: logger, whereabouts: connection.whereabouts, whereAllAre: whereAllAre)
        ledger = try location.open(now: { Date() })
    }

    /// Closes the ledger and leaves the last page of `--report-file`; a second time it does nothing but to throw.
    func close() throws {
        frame.pause()
        defer { frame.finish() }
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
        if let output { try OutputFile.checkFolder(of: output, flag: "--output") }
        if let page { try OutputFile.checkFolder(of: page, flag: "--report-file") }
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
