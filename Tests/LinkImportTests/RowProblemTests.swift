import Ledger
import LinkRows
import PingOneAPI
import PingOneClient
import Testing

@testable import LinkImport

@Suite("What to do about a row, as far as the ledger tells")
struct RowProblemTests {
    private func invalidRow(_ code: String, _ fact: ProblemFact? = nil) -> ResultRow {
        ResultRow(
            key: "invalid/1/3",
            line: 3,
            source: "users.csv",
            state: .invalid,
            errorCode: code,
            attempts: 0,
            posts: 0,
            runID: "run-1",
            updatedAt: "",
            errorFact: fact
        )
    }

    @Test("a row that is not fit has the hint of its issue, also out of the ledger")
    func issue() {
        for rule in [
            RowIssue.Rule.nulCharacter, .claimedInLedger(otherLine: 8, source: "b.csv"), .noUserWithKey(.email),
        ] {
            let issue = RowIssue(line: 3, column: "userID", rule: rule)
            #expect(RowProblem(issue).hint(for: .invalid) == issue.hint)
            #expect(RowProblem(invalidRow(issue.code, issue.fact)).hint(for: .invalid) == issue.hint)
        }
    }

    @Test("an issue of another version has the hint of all")
    func unknownCode() {
        #expect(
            RowProblem(invalidRow("NEW_RULE")).hint(for: .invalid)
                == "Correct the row's data; corrected rows are sent again."
        )
    }

    @Test("what the ledger keeps of a problem is what it was", arguments: ProblemFact.allCases)
    func facts(fact: ProblemFact) {
        let kept = RowProblem.Fact(fact).map(ProblemFact.init)
        #expect(kept == ([.exists, .identityProvider, .notShown].contains(fact) ? fact : nil))
    }
}
