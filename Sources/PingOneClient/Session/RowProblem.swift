import HTTPTransport
package import PingOneAPI

/// Why a call about a row did not do what it was to do, for people and for the ledger; without any value of the row.
package struct RowProblem: Sendable, Equatable {
    /// What is known of it besides status and code, where that makes a difference.
    package enum Fact: Sendable {
        /// PingOne refuses a value because another user has it.
        case exists
        /// PingOne refuses the identity provider itself.
        case identityProvider
        /// What was refused because it exists was in no list that was read since.
        case notShown
    }

    package var httpStatus: Int?
    package var code: String?
    package var detail: String?
    package var fact: Fact?
    package var errorID: String?
    /// What to do, where that is known better than from what became of the row.
    package var advice: String?

    package init(
        httpStatus: Int? = nil,
        code: String? = nil,
        detail: String? = nil,
        fact: Fact? = nil,
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
            fact: Fact(problem),
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
    package static let stoppedBeforeReadBack = RowProblem(code: "STOPPED", detail: "the run ended before the read-back")

    /// What was asked for is refused because it may be there already, and every reading was without it.
    package static let notShown = RowProblem(detail: "not shown yet", fact: .notShown)

    /// One line: `HTTP 404 NOT_FOUND`.
    package var summary: String {
        let status = httpStatus.map { "HTTP \($0)" }
        let first = [status, code].compactMap(\.self).joined(separator: " ")
        return [first.isEmpty ? nil : first, detail].compactMap(\.self).joined(separator: ", ")
    }

    /// Why there is no answer, in words; or what the answer was.
    package var reason: String { httpStatus == nil ? detail ?? summary : summary }

    /// The cause without what differs from row to row, to count rows by it.
    package var cause: String {
        [httpStatus.map { "HTTP \($0)" }, code].compactMap(\.self).joined(separator: " ")
    }

    /// The code of a row that PingOne refused because something exists, which then could not be read.
    static let refusedUnread = "REFUSED_UNREAD"

    /// The same for a row of which it is certain that no POST has made its link.
    package var refusedBefore: RowProblem {
        var problem = self
        problem.code = Self.refusedUnread
        problem.detail = ["the links could not be read", code, detail].compactMap(\.self).joined(separator: ", ")
        return problem
    }

    /// The same, with why reading back did not settle it.
    package func withReadBack(_ reading: RowProblem) -> RowProblem {
        var problem = self
        problem.detail = [detail, "read-back: \(reading.summary)"].compactMap(\.self).joined(separator: ", ")
        if reading.fact == .notShown { problem.fact = .notShown }
        return problem
    }
}

extension RowProblem.Fact {
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
