import Ledger

/// Which rows of earlier runs are sent again.
package struct ResumePolicy: Sendable, Equatable {
    /// What `--retry` names.
    package enum Retry: String, CaseIterable, Sendable {
        case rejected
        case undone
        /// Rejected rows whose user PingOne did not know.
        case notFound = "not-found"
        /// Linked rows that the last verification has not found.
        case missing
    }

    package var retried: Set<Retry>
    /// For ``Retry/missing``: the rows that it means.
    var missing: Set<Ticket> = []

    package init(retrying retried: Set<Retry> = []) {
        self.retried = retried
    }

    /// Whether a row goes to PingOne, given what the ledger knows of it. A row in doubt goes there to be read back.
    ///
    /// `content`: the fingerprint of what would be sent besides the row's key.
    func sends(content: UInt64, _ known: KnownLink?) -> Bool {
        guard let known else { return true }
        switch known.state {
        case .linked, .alreadyLinked: return missing.contains(known.ticket)
        case .undone: return retried.contains(.undone)
        case .rejected:
            return retried.contains(.rejected) || known.content != content
                || (retried.contains(.notFound) && known.httpStatus == 404)
        case .failed, .unsettled, .intended, .invalid: return true
        }
    }

    /// What is not known of a row that goes to PingOne, nil where all is known.
    func doubt(_ known: KnownLink) -> LinkDelivery.Doubt? {
        switch known.doubt {
        case .linking: .linking
        case .refused: .refusedLinking
        case .undoing: .undoing(linkedAccountID: known.linkedAccountID)
        // What is missing may have come back.
        case nil where known.state == .linked: .linking
        case nil where known.state == .alreadyLinked: .refusedLinking
        case nil: nil
        }
    }
}
