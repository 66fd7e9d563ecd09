import LinkRows
import Logging
import Reporting
import Synchronization

/// Says how far a reading is before anything is sent, if it takes longer than half a second.
final class ReadingReport: Sendable {
    private let latest = Mutex(ReadingProgress(rows: 0))

    /// Lets `read` read the input with this name, and takes the live line away whatever becomes of it.
    static func during<Result>(
        of name: String,
        style: ProgressReport.Style,
        logger: Logger,
        _ read: (_ progress: (ReadingProgress) -> Void) throws -> Result
    ) rethrows -> Result {
        let report = ReadingReport()
        let progress = ProgressReport(style: style, after: 0.5, logger: logger) {
            ReadingLine(name: name, progress: report.latest.withLock { $0 })
        }
        defer { progress.end() }
        return try read { now in report.latest.withLock { $0 = now } }
    }
}
