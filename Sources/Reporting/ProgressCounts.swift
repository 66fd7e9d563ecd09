package import Ledger
package import LinkImport

/// What a run has done so far, as a line of progress tells it.
package struct ProgressCounts: Sendable, Equatable {
    /// Rows with an end, of earlier runs too.
    package var done: Int
    /// Of these, the ones that this run has sent to PingOne.
    package var sent: Int
    /// `1100 linked`, `3 rejected`.
    package var parts: [String]

    /// Of an import.
    package init(_ counts: RunCounts) {
        done = counts.done
        sent = counts.done - counts.skipped - counts.invalid - counts.unsent
        parts = ["\(counts.linked + counts.alreadyLinked) linked"]
        parts += Self.parts([
            (counts.skipped, "skipped"),
            (counts.rejected + counts.invalid, "rejected"),
            (counts.failed + counts.unsettled, "to retry"),
        ])
    }

    /// Of a verification; `before`: rows that were looked at before it was interrupted.
    package init(_ counts: [CheckResult: Int], before: Int) {
        sent = counts.reduce(0) { $0 + ($1.key == .extra ? 0 : $1.value) }
        done = before + sent
        parts = ["\(counts[.match, default: 0]) match"]
        let others: [CheckResult] = [.missing, .different, .extra, .unknown]
        parts += Self.parts(others.map { (counts[$0, default: 0], $0.rawValue) })
    }

    /// Of an undoing.
    package init(_ counts: UndoRun.Counts) {
        sent = counts.undone + counts.kept + counts.unsettled
        done = sent
        parts = ["\(counts.undone) undone"]
        parts += Self.parts([(counts.kept, "not removed"), (counts.unsettled, "unsettled")])
    }

    private static func parts(_ counts: [(Int, String)]) -> [String] {
        counts.filter { $0.0 > 0 }.map { "\($0) \($1)" }
    }
}
