import LinkImport
import Logging
import Synchronization

/// What a run says while it goes on: each kind of trouble a few times, not a million times.
final class RunLog: Sendable {
    /// How many rows of one state are named; the result files have them all.
    private static let namedRows = 5

    private let logger: Logger
    private let counts = Mutex<[String: Int]>([:])
    /// Where all rows are, of which only the first are named here.
    private let whereAllAre: String

    init(logger: Logger, runID: String?, whereAllAre: String) {
        var logger = logger
        if let runID { logger[metadataKey: "run_id"] = "\(runID)" }
        self.logger = logger
        self.whereAllAre = whereAllAre
    }

    /// Safe on any thread.
    var note: @Sendable (RunEvent) -> Void {
        { [self] event in
            switch event {
            case .warning(let text): logger.warning("\(text)")
            case .rowStandsOut(let line, let what, let problem):
                let count = counts.withLock { counts in
                    counts[what, default: 0] += 1
                    return counts[what, default: 0]
                }
                let level: Logger.Level = count <= Self.namedRows ? .warning : .debug
                logger.log(
                    level: level,
                    "line \(line): \([what, problem?.summary ?? ""].filter { !$0.isEmpty }.joined(separator: ": "))",
                    metadata: ["line": "\(line)"]
                )
                if count == Self.namedRows + 1, logger.logLevel > .debug {
                    logger.warning("more rows are \(what); \(whereAllAre), or use -v")
                }
            }
        }
    }

    /// Rows that are not linked because they are not to be: nothing else names them.
    func tell(undone count: Int) {
        guard count > 0 else { return }
        let rows = count == 1 ? "1 row is" : "\(count) rows are"
        logger.warning("\(rows) not linked: undo has removed the links. --retry undone makes them again.")
    }

    /// Why the run ended before its input, and what could not be written.
    func summarize(_ stop: RunStop?, _ error: ResultFileError? = nil) {
        if let stop { logger.log(level: stop.isOnPurpose ? .notice : .error, "\(stop.message)") }
        if let error { logger.error("\(error)") }
    }
}
