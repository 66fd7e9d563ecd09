package import Ledger
package import LinkRows
package import PingOneClient

extension RowProblem {
    /// What the ledger has noted of an earlier run.
    package init(_ known: KnownLink) {
        self.init(
            httpStatus: known.httpStatus,
            code: known.errorCode,
            detail: known.errorDetail,
            fact: Fact(known.errorFact)
        )
    }

    /// What the ledger tells of a row.
    package init(_ row: ResultRow) {
        self.init(
            httpStatus: row.httpStatus,
            code: row.errorCode,
            detail: row.errorDetail,
            fact: Fact(row.errorFact)
        )
        if row.state == .invalid { advice = row.errorCode.flatMap { RowIssue.hint(forCode: $0, row.errorFact) } }
    }

    init(_ settlement: Settlement) {
        self.init(
            httpStatus: settlement.httpStatus,
            code: settlement.errorCode,
            detail: settlement.errorDetail,
            fact: Fact(settlement.errorFact),
            errorID: settlement.errorID
        )
    }

    package init(_ issue: RowIssue) {
        self.init(code: issue.code, detail: issue.problem)
        advice = issue.hint
    }

    /// What to do about a row in this state.
    package func hint(for state: LinkState) -> String {
        if let advice { return advice }
        return switch (state, httpStatus) {
        case (.unsettled, _) where fact == .notShown:
            "The account is linked already, to this user if the list of links is late: run again later. If it stays so, "
                + "the account is another user's."
        case (.unsettled, _), (.intended, _): "Nothing is wrong with the row: run again, its links are read first."
        case (.failed, 403):
            "A gateway or firewall on the way has forbidden it, not PingOne: have it let these requests through, then run "
                + "again."
        case (.failed, _): "Nothing is wrong with the row: run again."
        case (_, 404):
            "Check that the user is in this environment and visible to the worker application. "
                + "Then use --retry not-found."
        case (_, 403): "Give the worker application the Identity Data Admin role, then use --retry rejected."
        case (_, 409): Self.conflictHint
        case (_, 400) where fact == .exists: Self.conflictHint
        case (_, .some(300..<400)):
            "PingOne answered with a redirect, which is never followed: check --api-url, then use --retry rejected."
        default: Self.correction
        }
    }

    private static let correction = "Correct the row's data; corrected rows are sent again."

    private static let conflictHint =
        "The account, or an attribute's value, belongs to another user: find out which and correct one of them; if that "
        + "was in PingOne, use --retry rejected."
}

extension Settlement {
    init(_ state: LinkState, _ problem: RowProblem, _ doubt: LinkDoubt?) {
        self.init(
            state: state,
            doubt: doubt,
            httpStatus: problem.httpStatus,
            errorCode: problem.code,
            errorDetail: problem.detail,
            errorFact: problem.fact.map(ProblemFact.init),
            errorID: problem.errorID
        )
    }
}

extension ProblemFact {
    init(_ fact: RowProblem.Fact) {
        self =
            switch fact {
            case .exists: .exists
            case .identityProvider: .identityProvider
            case .notShown: .notShown
            }
    }
}

extension RowProblem.Fact {
    /// Nil for a fact of a row that was not fit to send, which its ``RowIssue`` knows.
    init?(_ fact: ProblemFact?) {
        switch fact {
        case .exists: self = .exists
        case .identityProvider: self = .identityProvider
        case .notShown: self = .notShown
        default: return nil
        }
    }
}
