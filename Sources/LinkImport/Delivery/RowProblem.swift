import HTTPTransport
package import Ledger
package import PingOneAPI

/// Why a row is not linked, for people and for the ledger; without any value of the row.
package struct RowProblem: Sendable, Equatable {
    package var httpStatus: Int?
    package var code: String?
    package var detail: String?
    package var fact: ProblemFact?
    package var errorID: String?
    /// What to do, where that is known better than from the state.
    private var advice: String?

    package init(
        httpStatus: Int? = nil,
        code: String? = nil,
        detail: String? = nil,
        fact: ProblemFact? = nil,
        errorID: String? = nil
    ) {
        self.httpStatus = httpStatus
        self.code = code
        self.detail = detail
        self.fact = fact
        self.errorID = errorID
    }

    package init(_ problem: APIProblem) {
        self.init(
            httpStatus: problem.status,
            code: problem.code,
            detail: problem.detail,
            fact: ProblemFact(problem),
            errorID: problem.id
        )
    }

    /// A request without an answer.
    init(_ error: TransportError) {
        switch error {
        case .neverSent(let reason), .certificate(let reason): self.init(code: Self.notSent, detail: reason)
        case .inDoubt(let reason): self.init(code: "NO_ANSWER", detail: reason)
        }
    }

    private static let notSent = "NOT_SENT"

    /// Whether it is certain that the request never left, so that nothing can have been done.
    var neverLeft: Bool { code == Self.notSent }

    /// An answer to a POST that leaves open what became of it.
    init(inDoubt problem: APIProblem) {
        self = (200..<300).contains(problem.status) ? .unreadableAnswer(status: problem.status) : RowProblem(problem)
    }

    /// A 2xx whose body does not say what it should.
    static func unreadableAnswer(status: Int) -> RowProblem {
        RowProblem(httpStatus: status, code: "UNREADABLE_ANSWER")
    }

    /// The run's end came before the answer that would have settled it.
    static let stoppedBeforeReadBack = RowProblem(code: "STOPPED", detail: "the run ended before the read-back")

    /// What was asked for is refused because it may be there already, and every reading was without it.
    static let notShown = RowProblem(detail: "not shown yet", fact: .notShown)

    /// What the ledger has noted of an earlier run.
    package init(_ known: KnownLink) {
        self.init(
            httpStatus: known.httpStatus,
            code: known.errorCode,
            detail: known.errorDetail,
            fact: known.errorFact
        )
    }

    package init(_ issue: RowIssue) {
        self.init(code: issue.code, detail: issue.problem, fact: issue.fact)
        advice = issue.hint
    }

    /// One line: `HTTP 404 NOT_FOUND`.
    package var summary: String {
        let status = httpStatus.map { "HTTP \($0)" }
        let first = [status, code].compactMap(\.self).joined(separator: " ")
        return [first.isEmpty ? nil : first, detail].compactMap(\.self).joined(separator: ", ")
    }

    /// Why there is no answer, in words; or what the answer was.
    var reason: String { httpStatus == nil ? detail ?? summary : summary }

    /// The cause without what differs from row to row, to count rows by it.
    package var cause: String {
        [httpStatus.map { "HTTP \($0)" }, code].compactMap(\.self).joined(separator: " ")
    }

    /// The code of a row that PingOne refused because something exists, which then could not be read.
    static let refusedUnread = "REFUSED_UNREAD"

    /// The same for a row of which it is certain that no POST has made its link.
    var refusedBefore: RowProblem {
        var problem = self
        problem.code = Self.refusedUnread
        problem.detail = ["the links could not be read", code, detail].compactMap(\.self).joined(separator: ", ")
        return problem
    }

    /// The same, with why reading back did not settle it.
    func withReadBack(_ reading: RowProblem) -> RowProblem {
        var problem = self
        problem.detail = [detail, "read-back: \(reading.summary)"].compactMap(\.self).joined(separator: ", ")
        if reading.fact == .notShown { problem.fact = .notShown }
        return problem
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
        case (.invalid, _): code.flatMap { RowIssue.hint(forCode: $0, fact) } ?? Self.correction
        case (_, 404):
            "Check that the user is in this environment and visible to the worker application. "
                + "Then use --retry not-found."
        case (_, 403): "Give the worker application the Identity Data Admin role, then use --retry rejected."
        case (_, 409): Self.conflictHint
        case (_, 400) where fact == .exists: Self.conflictHint
        case (_, .some(300..<400)): "PingOne answered with a redirect, which is never followed: check --api-url."
        default: Self.correction
        }
    }

    private static let correction = "Correct the row's data; corrected rows are sent again."

    private static let conflictHint =
        "The account, or an attribute's value, belongs to another user: find out which and correct one of them."
}

extension ProblemFact {
    fileprivate init?(_ problem: APIProblem) {
        if problem.detailCode == APIProblem.uniquenessViolation {
            self = .exists
        } else if ["identityProvider.id", "identityProvider"].contains(problem.target) {
            self = .identityProvider
        } else {
            return nil
        }
    }
}
