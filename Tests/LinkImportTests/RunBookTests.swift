import CSVReading
import ImportTestKit
import Ledger
import SeededRandom
import Synchronization
import TestKit
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("The books of a run")
struct RunBookTests {
    private func book(in folder: TemporaryFolder, report: @escaping @Sendable (RunEvent) -> Void = { _ in }) throws
        -> RunBook
    {
        let book = RunBook(report: report)
        let plan = try ColumnPlan(
            header: CSVRecord(line: 1, fields: ["userID", "externalId"]),
            options: ColumnPlan.Options()
        )
        book.keepFiles(
            rejects: folder.path("rejects.csv"),
            retry: folder.path("retry.csv"),
            plan: plan,
            delimiter: .comma
        )
        return book
    }

    @Test("the eight counts add up to the rows, and the files hold theirs", arguments: 0..<50 as Range<UInt64>)
    func sums(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let folder = try TemporaryFolder()
        let book = try book(in: folder)
        let rows = Int.random(in: 1...200, using: &random)
        for line in 2..<(rows + 2) {
            let record = LinkRow.sample(line: line).record
            let states = LinkState.allCases
            let state = states[Int.random(in: 0..<states.count, using: &random)]
            switch Int.random(in: 0..<4, using: &random) {
            case 0: book.close(record, as: RowEnding(earlier: state))
            case 1: book.close(record, as: .unsent)
            case 2: book.close(record, as: .repeated)
            default:
                let sent: [LinkState] = [.linked, .alreadyLinked, .rejected, .failed, .unsettled]
                let end = sent[Int.random(in: 0..<sent.count, using: &random)]
                book.close(record, as: RowEnding(Settlement(state: end)))
            }
        }
        let counts = book.counts
        #expect(counts.rows == rows)
        #expect(counts.done == rows)
        let files = book.finishFiles()
        #expect(files.rejects == counts.rejected + counts.invalid)
        #expect(files.retry == counts.failed + counts.unsettled)
        #expect(files.error == nil)
        let bad = counts.rejected + counts.invalid + counts.failed + counts.unsettled
        #expect(counts.exitCode == (bad == 0 ? 0 : 1))
    }

    @Test("a row that is set aside is reported")
    func reported() throws {
        let events = Mutex<[RunEvent]>([])
        let folder = try TemporaryFolder()
        let book = try book(in: folder) { event in events.withLock { $0.append(event) } }
        book.close(LinkRow.sample(line: 2).record, as: .linked)
        book.close(LinkRow.sample(line: 3).record, as: .failed(RowProblem(httpStatus: 500)))
        #expect(
            events.withLock { $0 } == [.rowStandsOut(line: 3, as: "failed", problem: RowProblem(httpStatus: 500))]
        )
    }

    @Test("a file that cannot be written does not stop the counting")
    func unwritable() throws {
        let folder = try TemporaryFolder()
        let book = RunBook { _ in }
        let plan = try ColumnPlan(
            header: CSVRecord(line: 1, fields: ["userID", "externalId"]),
            options: ColumnPlan.Options()
        )
        let path = folder.path("missing/rejects.csv")
        book.keepFiles(rejects: path, retry: folder.path("retry.csv"), plan: plan, delimiter: .comma)
        book.close(LinkRow.sample().record, as: .rejected(RowProblem()))
        book.close(LinkRow.sample().record, as: .rejected(RowProblem()))
        #expect(book.counts.rejected == 2)
        #expect(book.finishFiles().error == ResultFileError(path: path, reason: "No such file or directory"))
    }
}
