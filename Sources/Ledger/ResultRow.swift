/// One row of the view `results`, in its order of columns.
package struct ResultRow: Sendable, Equatable {
    package var key: String
    package var line: Int
    package var source: String
    package var userID: String?
    package var externalID: String?
    package var identityProviderID: String?
    package var state: LinkState
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

    /// The environment of the user; not a column of the view.
    package var environmentID: String?
    /// With it `undo` settles the row; nil for an invalid one.
    package var ticket: Ticket?

    /// Whether what is in doubt is the removal of the link, not its making.
    package var isBeingUndone: Bool { state == .unsettled && errorCode == UndoTable.errorCode }
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

}

/// What a run has done with its rows.
package enum RunKind: CaseIterable, Sendable {
    case linking
    /// `undo`: it has no input, and "undo" for its source.
    case undoing

    /// The number in the file; as fixed as ``LinkState/code``.
    var code: Int {
        switch self {
        case .linking: 1
        case .undoing: 2
        }
    }

    init?(code: Int) {
        guard let kind = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = kind
    }
}
