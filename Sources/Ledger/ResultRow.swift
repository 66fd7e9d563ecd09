/// One row of the view `results`, in its order of columns.
package struct ResultRow: Sendable, Equatable {
    package var key: String
    package var line: Int
    package var source: String
    package var userID: String?
    package var externalID: String?
    package var identityProviderID: String?
    package var state: LinkState
    /// The state as the view shows it, see ``LinkState/word(in:)``.
    package var stateWord: String
    package var evidence: Evidence?
    package var linkedAccountID: String?
    package var httpStatus: Int?
    package var errorCode: String?
    package var errorDetail: String?
    package var errorID: String?
    package var correlationID: String?
    package var attempts: Int
    package var posts: Int
    package var latencyMilliseconds: Int?
    package var runID: String
    /// ISO 8601 in UTC with milliseconds, such as `2026-03-01T04:05:06.789Z`.
    package var updatedAt: String

    /// The environment of the user; not a column of the view, nor are the ones below.
    package var environmentID: String?
    package var doubt: LinkDoubt?
    package var errorFact: ProblemFact?
    /// See ``InvalidRow/errorColumn``.
    package var errorColumn: String?
    /// With it `undo` settles the row; nil for an invalid one.
    package var ticket: Ticket?

    package init(
        key: String,
        line: Int,
        source: String,
        userID: String? = nil,
        externalID: String? = nil,
        identityProviderID: String? = nil,
        state: LinkState,
        stateWord: String? = nil,
        evidence: Evidence? = nil,
        linkedAccountID: String? = nil,
        httpStatus: Int? = nil,
        errorCode: String? = nil,
        errorDetail: String? = nil,
        errorID: String? = nil,
        correlationID: String? = nil,
        attempts: Int,
        posts: Int,
        latencyMilliseconds: Int? = nil,
        runID: String,
        updatedAt: String,
        environmentID: String? = nil,
        doubt: LinkDoubt? = nil,
        errorFact: ProblemFact? = nil,
        errorColumn: String? = nil,
        ticket: Ticket? = nil
    ) {
        self.key = key
        self.line = line
        self.source = source
        self.userID = userID
        self.externalID = externalID
        self.identityProviderID = identityProviderID
        self.state = state
        self.stateWord = stateWord ?? state.rawValue
        self.evidence = evidence
        self.linkedAccountID = linkedAccountID
        self.httpStatus = httpStatus
        self.errorCode = errorCode
        self.errorDetail = errorDetail
        self.errorID = errorID
        self.correlationID = correlationID
        self.attempts = attempts
        self.posts = posts
        self.latencyMilliseconds = latencyMilliseconds
        self.runID = runID
        self.updatedAt = updatedAt
        self.environmentID = environmentID
        self.doubt = doubt
        self.errorFact = errorFact
        self.errorColumn = errorColumn
        self.ticket = ticket
    }

    /// The error code of a link whose removal is in doubt.
    package static let undoInDoubt = "UNDO_UNSETTLED"

    /// Whether what is in doubt is the removal of the link, not its making.
    package var isBeingUndone: Bool { state == .unsettled && doubt == .undoing }
}

/// One row of the view `runs`.
package struct RunRecord: Sendable, Equatable {
    /// Not a column of the view.
    package var kind: RunKind
    package var runID: String
    /// ISO 8601 in UTC with milliseconds.
    package var startedAt: String
    /// Nil while the run goes on, and for ever if it was killed.
    package var endedAt: String?
    package var source: String
    package var sourceSHA256: String?
    package var rows: Int?
    package var exitCode: Int?
    package var stoppedBy: String?

    package init(
        kind: RunKind,
        runID: String,
        startedAt: String,
        endedAt: String? = nil,
        source: String,
        sourceSHA256: String? = nil,
        rows: Int? = nil,
        exitCode: Int? = nil,
        stoppedBy: String? = nil
    ) {
        self.kind = kind
        self.runID = runID
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.source = source
        self.sourceSHA256 = sourceSHA256
        self.rows = rows
        self.exitCode = exitCode
        self.stoppedBy = stoppedBy
    }
}

/// What a run has done with its rows.
package enum RunKind: CaseIterable, Sendable {
    case linking
    /// `undo`: it has no input, and "undo" for its source.
    case undoing
    /// `unlink`: its rows are done when their links are gone.
    case unlinking

    /// The number in a store; as fixed as ``LinkState/code``.
    package var code: Int {
        switch self {
        case .linking: 1
        case .undoing: 2
        case .unlinking: 3
        }
    }

    package init?(code: Int) {
        guard let kind = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = kind
    }
}

extension LinkState {
    /// The text that views, exports and summaries show of a row of such a run. In a ledger of `unlink`, what is done is
    /// that a link is gone: ``linked`` stands for "unlinked", ``alreadyLinked`` for "not-linked".
    package func word(in kind: RunKind) -> String {
        switch self {
        case .linked where kind == .unlinking: "unlinked"
        case .alreadyLinked where kind == .unlinking: "not-linked"
        default: rawValue
        }
    }

    /// All texts that it is shown by.
    package var words: Set<String> { Set(RunKind.allCases.map(word)) }
}
