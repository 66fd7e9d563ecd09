import Ledger
import PingOneClient

/// What became of the rows so far. The eight counts from `linked` to `unsent` add up to `rows` when a run has ended.
package struct RunCounts: Sendable, Equatable {
    package var rows = 0
    package var linked = 0
    package var alreadyLinked = 0
    package var rejected = 0
    package var invalid = 0
    package var failed = 0
    package var unsettled = 0
    /// Linked by an earlier run, or an exact repetition of another row.
    package var skipped = 0
    /// Of the skipped, those that say the same as another row of the input.
    package var repeated = 0
    /// Of the rejected, those whose user PingOne did not know.
    package var notFound = 0
    /// Of the skipped, those whose links `undo` has removed: they are not linked, and are not to be.
    package var undone = 0
    package var unsent = 0
    /// All HTTP requests to the API but those for tokens.
    package var requests = 0
    /// The 429 answers among them.
    package var throttled = 0

    package init() {}

    /// Counts one row.
    mutating func note(_ ending: RowEnding) {
        rows += 1
        switch ending {
        case .unsent: unsent += 1
        case .linked: linked += 1
        case .alreadyLinked: alreadyLinked += 1
        case .finished: skipped += 1
        case .repeated:
            skipped += 1
            repeated += 1
        case .undone:
            skipped += 1
            undone += 1
        case .rejected(let problem):
            rejected += 1
            notFound += problem.httpStatus == 404 ? 1 : 0
        case .invalid: invalid += 1
        case .failed: failed += 1
        case .unsettled: unsettled += 1
        }
    }

    /// The rows with an end.
    package var done: Int { linked + alreadyLinked + rejected + invalid + failed + unsettled + skipped + unsent }

    /// What the ledger keeps of a run that has read all of its input.
    var ofInput: InputCounts {
        InputCounts(linked: linked + alreadyLinked + skipped - repeated - undone, repeated: repeated, unsent: unsent)
    }

    /// The exit code of a run that was not stopped: 0 when every row is linked.
    package var exitCode: Int32 { rejected + invalid + failed + unsettled + undone == 0 ? 0 : 1 }
}
