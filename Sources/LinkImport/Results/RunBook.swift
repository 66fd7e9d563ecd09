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

    /// A row that stays as an earlier run, or this one, has left it.
    ///
    /// `state`: nil for a row that nobody has tried yet.
    func close(_ row: LinkRow, as state: LinkState?, problem: @autoclosure () -> RowProblem) {
        switch state {
        case nil: count { $0.unsent += 1 }
        case .linked, .alreadyLinked: closeFinished()
        case .undone:
            count {
                $0.skipped += 1
                $0.undone += 1
            }
        case .rejected:
            let problem = problem()
            set(aside: row.record, state: .rejected, problem: problem) {
                $0.rejected += 1
                $0.notFound += problem.httpStatus == 404 ? 1 : 0
            }
        case .failed: set(aside: row.record, state: .failed, problem: problem()) { $0.failed += 1 }
        case .unsettled, .intended: set(aside: row.record, state: .unsettled, problem: problem()) { $0.unsettled += 1 }
        case .invalid: set(aside: row.record, state: .invalid, problem: problem()) { $0.invalid += 1 }
        }
    }

    /// A row that this run has sent, when its settlement is durable.
    func close(_ row: LinkRow, with settlement: Settlement) {
        switch settlement.state {
        case .linked: count { $0.linked += 1 }
        case .alreadyLinked: count { $0.alreadyLinked += 1 }
        default:
            close(row, as: settlement.state, problem: RowProblem(settlement))
        }
    }

    /// A row that may not be sent now, of which nobody knows whether an earlier run has linked it.
    func closeUnsettled(_ record: CSVRecord, _ issue: RowIssue) {
        set(aside: record, state: .unsettled, problem: RowProblem(issue)) { $0.unsettled += 1 }
    }

    /// A record that is not fit to be sent.
    func close(_ record: CSVRecord, invalid issue: RowIssue) {
        set(aside: record, state: .invalid, problem: RowProblem(issue)) { $0.invalid += 1 }
    }

    /// A row that says the same as an earlier one.
    func closeRepetition() {
        count {
            $0.skipped += 1
            $0.repeated += 1
        }
    }

    /// A row that an earlier run has linked, or found linked.
    func closeFinished() {
        count { $0.skipped += 1 }
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

    private func count(_ add: (inout RunCounts) -> Void) {
        state.withLock { state in
            state.counts.rows += 1
            add(&state.counts)
        }
    }

    private func set(
        aside record: CSVRecord,
        state rowState: LinkState,
        problem: RowProblem,
        _ add: (inout RunCounts) -> Void
    ) {
        state.withLock { state in
            guard state.fileError == nil else { return }
            do throws(ResultFileError) {
                if rowState == .rejected || rowState == .invalid {
                    try state.files?.rejects.append(record, state: rowState, problem: problem)
                } else {
                    try state.files?.retry.append(record, state: rowState, problem: problem)
                }
            } catch {
                state.fileError = error
            }
        }
        count(add)
        report(.rowStandsOut(line: record.line, as: rowState.rawValue, problem: problem))
    }
}

/// Where a run leaves the rows that did not get through.
struct ResultFiles: ~Copyable {
    /// Rows whose data must change.
    var rejects: ResultFile
    /// Rows with which nothing is wrong.
    var retry: ResultFile
}
