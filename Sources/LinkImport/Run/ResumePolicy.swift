package import Ledger

/// Which rows of earlier runs are sent again.
package struct ResumePolicy: Sendable, Equatable {
    /// `--retry rejected`, `--retry undone`.
    package var retried: Set<LinkState>

    package init(retrying retried: Set<LinkState> = []) {
        self.retried = retried
    }

    /// Whether a row goes to PingOne, given what the ledger knows of it. A row in doubt goes there to be read back.
    ///
    /// `content`: the fingerprint of what would be sent besides the row's key.
    func sends(content: UInt64, _ known: KnownLink?) -> Bool {
        guard let known else { return true }
        switch known.state {
        case .linked, .alreadyLinked: return false
        case .undone: return retried.contains(.undone)
        case .rejected: return retried.contains(.rejected) || known.content != content
        case .failed, .unsettled, .intended, .invalid: return true
        }
    }

    /// What is not known of a row that goes to PingOne, nil where all is known.
    func doubt(_ known: KnownLink) -> LinkDelivery.Doubt? {
        guard known.isInDoubt else { return nil }
        if known.isBeingUndone { return .undoing(linkedAccountID: known.linkedAccountID) }
        let isRefused = known.state == .unsettled && known.errorCode == RowProblem.refusedUnread
        return isRefused ? .refusedLinking : .linking
    }
}
