import Ledger
import Reporting
import Testing

@testable import LinkImport

@Suite("ProgressCounts")
struct ProgressCountsTests {
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
        counts.unsent = 7
        let progress = ProgressCounts(counts)
        #expect(progress.done == 67)
        #expect(progress.sent == 26)
        #expect(progress.parts == ["12 linked", "30 skipped", "7 rejected", "11 to retry"])
        #expect(ProgressCounts(RunCounts()).parts == ["0 linked"])
    }

    @Test("of a verification: extra links are no rows, and rows of an interrupted one are done")
    func verification() {
        let progress = ProgressCounts([.match: 10, .missing: 1, .different: 2, .extra: 3, .unknown: 4], before: 100)
        #expect(progress.sent == 17)
        #expect(progress.done == 117)
        #expect(progress.parts == ["10 match", "1 missing", "2 different", "3 extra", "4 unknown"])
        #expect(ProgressCounts([:], before: 0).parts == ["0 match"])
    }

    @Test("of an undoing")
    func undoing() {
        let progress = ProgressCounts(UndoRun.Counts(undone: 10, kept: 1, unsettled: 2))
        #expect(progress.sent == 13)
        #expect(progress.done == 13)
        #expect(progress.parts == ["10 undone", "1 not removed", "2 unsettled"])
        #expect(ProgressCounts(UndoRun.Counts()).parts == ["0 undone"])
    }
}
