import CSVReading
import Ledger
import LinkRows
import Locking
import Pacing
import PingOneClient

/// Keeps the books of a run: what each row came to, once and only after it is on disk, and when it is enough.
///
/// Any thread may use it.
final class RunBook: Sendable {
    private struct State: ~Copyable {
        var counts = RunCounts()
        var files: ResultFiles?
        var fileError: ResultFileError?
    }

    private let state = HotMutex(State())
    private let report: @Sendable (RunEvent) -> Void

    /// - Parameter report: told of each row that did not get through.
    init(report: @escaping @Sendable (RunEvent) -> Void) {
        self.report = report
    }

    /// From now on, rows that do not get through are kept in files.
    func keepFiles(rejects: String, retry: String, plan: ColumnPlan, delimiter: CSVDelimiter) {
        state.withLock { state in
            state.files = ResultFiles(
                rejects: ResultFile(path: rejects, plan: plan, delimiter: delimiter),
                retry: ResultFile(path: retry, plan: plan, delimiter: delimiter)
            )
        }
    }

    var counts: RunCounts { state.withLock { $0.counts } }

    /// A row has its end, and that is durable.
    func close(_ record: CSVRecord, as ending: RowEnding) {
        let open = ending.openRow
        state.withLock { state in
            state.counts.note(ending)
            guard let open, state.fileError == nil else { return }
            do throws(ResultFileError) {
                if open.state == .rejected || open.state == .invalid {
                    try state.files?.rejects.append(record, state: open.state, problem: open.problem)
                } else {
                    try state.files?.retry.append(record, state: open.state, problem: open.problem)
                }
            } catch {
                state.fileError = error
            }
        }
        if let open { report(.rowStandsOut(line: record.line, as: open.state.rawValue, problem: open.problem)) }
    }

    /// All rows of an input that an earlier run has finished.
    func closeFinished(rows: Int) {
        state.withLock { state in
            state.counts.rows += rows
            state.counts.skipped += rows
        }
    }

    /// Puts the result files in their places.
    ///
    /// - Returns: how many rows they hold, and what went wrong with them, now or before.
    func finishFiles() -> (rejects: Int, retry: Int, error: ResultFileError?) {
        state.withLock { state in
            guard state.files != nil else { return (0, 0, nil) }
            if let error = state.fileError { return (0, 0, error) }
            do throws(ResultFileError) {
                try state.files?.rejects.finish()
                try state.files?.retry.finish()
            } catch {
                return (0, 0, error)
            }
            return (state.files?.rejects.rows ?? 0, state.files?.retry.rows ?? 0, nil)
        }
    }

    /// Removes what was written so far and leaves the files of an earlier run in their places.
    func abandonFiles() -> (rejects: Int, retry: Int, error: ResultFileError?) {
        state.withLock { state in
            state.files?.rejects.abandon()
            state.files?.retry.abandon()
            return (0, 0, nil)
        }
    }
}

/// Where a run leaves the rows that did not get through.
struct ResultFiles: ~Copyable {
    /// Rows whose data must change.
    var rejects: ResultFile
    /// Rows with which nothing is wrong.
    var retry: ResultFile
}
