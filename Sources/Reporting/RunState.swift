package import Ledger

/// Whether a run has come to its end. The raw value is what `status --json` shows.
package enum RunState: String, Sendable, Equatable {
    case ended
    case goingOn = "going-on"
    /// The process died before it could say how it ended.
    case killed

    /// `liveRuns`: what ``LedgerLocation/liveRuns()`` has said before the run was read.
    package init(of run: RunRecord, liveRuns: [LiveRun]) {
        self = run.endedAt != nil ? .ended : liveRuns.contains { $0.runID == run.runID } ? .goingOn : .killed
    }
}
