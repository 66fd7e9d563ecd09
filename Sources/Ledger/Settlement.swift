/// What became of a row that was admitted. It replaces what the ledger had on the row, except that ``attempts`` and
/// ``posts`` are added to those of earlier runs.
package struct Settlement: Sendable, Equatable {
    /// Any but `intended` and `invalid`.
    package var state: LinkState
    package var evidence: Evidence?
    /// What stays unknown; nil for a row of which all is known.
    package var doubt: LinkDoubt?
    package var linkedAccountID: String?
    package var httpStatus: Int?
    /// PingOne's or our own code, its detail and the error's id; never text that may repeat a value of the row.
    package var errorCode: String?
    package var errorDetail: String?
    package var errorFact: ProblemFact?
    package var errorID: String?
    package var correlationID: String?
    /// The attempts and POSTs of this run.
    package var attempts: Int
    package var posts: Int
    /// From the first byte sent to the last one received in the attempt that decided; stored in whole milliseconds.
    package var latency: Duration?
    /// Whether the run has ended before it could do more for the row: where machines share an import, others go on with it
    /// as soon as this process is over.
    package var isCutShort = false

    package init(
        state: LinkState,
        evidence: Evidence? = nil,
        doubt: LinkDoubt? = nil,
        linkedAccountID: String? = nil,
        httpStatus: Int? = nil,
        errorCode: String? = nil,
        errorDetail: String? = nil,
        errorFact: ProblemFact? = nil,
        errorID: String? = nil,
        correlationID: String? = nil,
        attempts: Int = 0,
        posts: Int = 0,
        latency: Duration? = nil
    ) {
        precondition(state != .intended && state != .invalid, "no row is settled as \(state.rawValue)")
        self.state = state
        self.evidence = evidence
        self.doubt = doubt
        self.linkedAccountID = linkedAccountID
        self.httpStatus = httpStatus
        self.errorCode = errorCode
        self.errorDetail = errorDetail
        self.errorFact = errorFact
        self.errorID = errorID
        self.correlationID = correlationID
        self.attempts = attempts
        self.posts = posts
        self.latency = latency
    }
}

extension Settlement {
    /// The same, see ``isCutShort``.
    package func cutShort(_ isCutShort: Bool) -> Settlement {
        var settlement = self
        settlement.isCutShort = isCutShort
        return settlement
    }
}

/// A row of the input that is not fit to be sent.
package struct InvalidRow: Sendable, Equatable {
    /// The line on which the record begins, counted from 1; one entry for a line.
    package var line: Int
    /// The fingerprint of the whole record, made with ``Ledger/contentSalt``: knows the row again in a renamed file.
    package var content: UInt64
    /// The rule that the row breaks.
    package var errorCode: String
    /// What is wrong, without any value of the row.
    package var errorDetail: String
    package var errorFact: ProblemFact?
    /// The header's name of the column with which ``errorDetail`` begins, where one column is to blame.
    package var errorColumn: String?
    /// The ids, as far as they are well-formed.
    package var environment: String?
    package var userID: String?
    package var identityProviderID: String?
    package var externalID: String?
    /// The link that an earlier run has under this row's key. Where that is certain not to exist (`failed`, `rejected`),
    /// its entry goes: the row counts once, as what it is now.
    package var replacing: KnownLink?

    package init(
        line: Int,
        content: UInt64,
        errorCode: String,
        errorDetail: String,
        errorFact: ProblemFact? = nil,
        errorColumn: String? = nil,
        environment: String? = nil,
        userID: String? = nil,
        identityProviderID: String? = nil,
        externalID: String? = nil,
        replacing: KnownLink? = nil
    ) {
        self.line = line
        self.content = content
        self.errorCode = errorCode
        self.errorDetail = errorDetail
        self.errorFact = errorFact
        self.errorColumn = errorColumn
        self.environment = environment
        self.userID = userID
        self.identityProviderID = identityProviderID
        self.externalID = externalID
        self.replacing = replacing
    }
}
