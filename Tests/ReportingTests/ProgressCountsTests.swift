import Ledger
import Testing

@testable import LinkImport
@testable import Reporting

@Suite("How much of a run is done")
struct ProgressCountsTests {
    private let work = WorkCounts(ended: 26, waiting: 5)

    @Test("of an import: what was linked before counts as done, not as sent")
    func imports() {
        var counts = RunCounts()
        counts.linked = 10
        counts.alreadyLinked = 2
        counts.skipped = 30
        counts.rejected = 3
        counts.invalid = 4
        counts.failed = 5
        counts.unsettled = 6
        let progress = ProgressCounts(counts, work: work)
        #expect(progress.done == 60)
        #expect(progress.sent == 26)
        #expect(progress.waiting == 5)
        #expect(
            progress.outcomes == [
                .init(count: 10, word: "linked", kind: .success),
                .init(count: 2, word: "already linked", kind: .neutral),
                .init(count: 30, word: "skipped", kind: .neutral),
                .init(count: 7, word: "rejected", kind: .trouble),
                .init(count: 11, word: "to retry", kind: .later),
            ]
        )
        let begun = ProgressCounts(RunCounts(), work: WorkCounts())
        #expect(begun.outcomes.map(\.text) == ["0 linked", "0 rejected"])
    }

    @Test("of an import: rows that are not sent are done in a dry run only")
    func unsent() {
        var counts = RunCounts()
        counts.linked = 1
        counts.unsent = 7000
        let stopped = ProgressCounts(counts, work: work)
        #expect(stopped.done == 1)
        #expect(stopped.outcomes.last == .init(count: 7000, word: "not sent", kind: .later))
        let dry = ProgressCounts(counts, work: work, isDryRun: true)
        #expect(dry.done == 7001)
        #expect(dry.outcomes.last?.text == "7,000 would be sent")
    }

    @Test("of a verification: extra links are no rows, and rows of an interrupted one are done")
    func verification() {
        let counts: [CheckResult: Int] = [.match: 10, .missing: 1, .different: 2, .extra: 3, .unknown: 4]
        let progress = ProgressCounts(counts, before: 100, work: work)
        #expect(progress.sent == 26)
        #expect(progress.waiting == 5)
        #expect(progress.done == 117)
        #expect(progress.outcomes.map(\.text) == ["10 match", "1 missing", "2 different", "3 extra", "4 not read"])
        #expect(progress.outcomes.last?.figure == "rows_unknown")
        #expect(ProgressCounts([:], before: 0, work: work).outcomes.map(\.text) == ["0 match"])
    }

    @Test("of an undoing")
    func undoing() {
        let progress = ProgressCounts(UndoRun.Counts(undone: 10, kept: 1, unsettled: 2), work: work)
        #expect(progress.sent == 26)
        #expect(progress.waiting == 5)
        #expect(progress.done == 13)
        #expect(progress.outcomes.map(\.text) == ["10 undone", "1 not removed", "2 unsettled"])
        #expect(ProgressCounts(UndoRun.Counts(), work: work).outcomes.map(\.text) == ["0 undone"])
    }
}
