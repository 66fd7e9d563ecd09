import Ledger
import LinkRows
import PingOneClient
import Testing

@testable import LinkImport

@Suite("What to do about a row, as far as the ledger tells")
struct RowProblemTests {
    @Test("a row that is not fit has the hint of its issue")
    func issue() {
        for rule in [RowIssue.Rule.nulCharacter, .claimedInLedger(otherLine: 8, source: "b.csv")] {
            let issue = RowIssue(line: 3, column: "userID", rule: rule)
            #expect(RowProblem(issue).hint(for: .invalid) == issue.hint)
            #expect(RowProblem(code: issue.code, detail: issue.problem).hint(for: .invalid) == issue.hint)
        }
    }

    @Test("an issue of another version has the hint of all")
    func unknownCode() {
        #expect(
            RowProblem(code: "NEW_RULE").hint(for: .invalid) == "Correct the row's data; corrected rows are sent again."
        )
    }
}
