import Ledger
import LinkImport
import Logging
import Synchronization

/// What a run says while it goes on: each kind of trouble a few times, not a million times.
final class RunLog: Sendable {
    /// How many rows of one state are named; the result files have them all.
    private static let namedRows = 5

    private let logger: Logger
    private let counts = Mutex<[LinkState: Int]>([:])

    init(logger: Logger, runID: String) {
        var logger = logger
        logger[metadataKey: "run_id"] = "\(runID)"
        self.logger = logger
    }

    /// Safe on any thread.
    var note: @Sendable (RunEvent) -> Void {
        { [self] event in
            switch event {
            case .warning(let text): logger.warning("\(text)")
            case .rowSetAside(let line, let state, let problem):
                let count = counts.withLock { counts in
                    counts[state, default: 0] += 1
                    return counts[state, default: 0]
                }
                let level: Logger.Level = count <= Self.namedRows ? .warning : .debug
                logger.log(
                    level: level,
                    "line \(line): \(state.rawValue): \(problem.summary)",
                    metadata: ["line": "\(line)"]
                )
                if count == Self.namedRows + 1, logger.logLevel > .debug {
                    logger.warning("more rows are \(state.rawValue); they are in the result files, or use -v")
                }
            }
        }
    }

    /// Why the run ended before its input, and what could not be written.
    func summarize(_ report: ImportRun.Report) {
        if let stop = report.stop {
            logger.log(level: stop.isOnPurpose ? .notice : .error, "\(stop.message)")
        }
        if let error = report.resultFileError { logger.error("\(error)") }
    }
}
