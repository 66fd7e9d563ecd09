package import Ledger
package import LinkImport
import LinkRows

/// What a run has done so far, as a line of progress tells it.
package struct ProgressCounts: Sendable, Equatable {
    /// How many rows came to the same end.
    package struct Outcome: Sendable, Equatable {
        package enum Kind: Sendable {
            /// What the run is for; told even when it counts nothing.
            case success
            /// To be seen to by somebody; rejections are told even when there are none.
            case trouble
            /// Nothing is wrong, another run will do.
            case later
            /// Neither good nor bad.
            case neutral
        }

        package var count: Int
        /// `linked`, `rejected`.
        package var word: String
        package var kind: Kind
        /// What exports call it, where people read another word.
        package var name: String?

        /// `1,100 linked`.
        package var text: String { "\(DigitGroups.text(count)) \(word)" }

        /// What its count is called in logs for programs: `rows_linked`.
        package var figure: String { "rows_\((name ?? word).replacing(" ", with: "_"))" }
    }

    /// Rows with an end, of earlier runs too.
    package var done: Int
    /// Rows that this run has sent to PingOne and that have their end: what its speed is measured by.
    package var sent: Int
    /// Rows on their way, see ``WorkCounts/waiting``.
    package var waiting: Int
    /// Rows that this run waits for, for another process has them in hand.
    package var awaited: AwaitedRows?
    package var outcomes: [Outcome]

    /// Of an import. Rows that are not sent are done in a dry run; else they are those that a stop has left.
    package init(_ counts: RunCounts, work: WorkCounts, isDryRun: Bool = false, kind: RunKind = .linking) {
        done = counts.done - (isDryRun ? 0 : counts.unsent)
        sent = work.ended
        waiting = work.waiting
        awaited = work.awaited
        outcomes = [Outcome(count: counts.linked, word: LinkState.linked.word(in: kind), kind: .success)]
        outcomes += Self.present([
            (counts.alreadyLinked, LinkState.alreadyLinked.word(in: kind).replacing("-", with: " "), .neutral),
            (counts.skipped, "skipped", .neutral),
        ])
        outcomes.append(Outcome(count: counts.rejected + counts.invalid, word: "rejected", kind: .trouble))
        outcomes += Self.present([
            (counts.failed + counts.unsettled, "to retry", .later),
            isDryRun ? (counts.unsent, "would be sent", .neutral) : (counts.unsent, "not sent", .later),
        ])
    }

    /// Of a verification; `before`: rows that were looked at before it was interrupted.
    package init(_ counts: [CheckResult: Int], before: Int, work: WorkCounts) {
        done = before + counts.reduce(0) { $0 + ($1.key == .extra ? 0 : $1.value) }
        sent = work.ended
        waiting = work.waiting
        outcomes = [Outcome(count: counts[.match, default: 0], word: CheckResult.match.rawValue, kind: .success)]
        let others: [(CheckResult, Outcome.Kind)] = [
            (.missing, .trouble), (.different, .trouble), (.extra, .trouble), (.unknown, .later),
        ]
        outcomes += others.filter { counts[$0.0, default: 0] > 0 }.map { result, kind in
            Outcome(count: counts[result, default: 0], word: result.word, kind: kind, name: result.rawValue)
        }
    }

    /// Of an undoing.
    package init(_ counts: UndoRun.Counts, work: WorkCounts) {
        done = counts.undone + counts.kept + counts.unsettled
        sent = work.ended
        waiting = work.waiting
        outcomes = [Outcome(count: counts.undone, word: "undone", kind: .success)]
        outcomes += Self.present([(counts.kept, "not removed", .trouble), (counts.unsettled, "unsettled", .later)])
    }

    private static func present(_ counts: [(Int, String, Outcome.Kind)]) -> [Outcome] {
        counts.filter { $0.0 > 0 }.map { Outcome(count: $0.0, word: $0.1, kind: $0.2) }
    }
}
