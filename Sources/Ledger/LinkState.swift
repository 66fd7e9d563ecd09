/// Where a row stands. The raw value is the text that views, exports and summaries show of a row to be linked; of one to
/// be unlinked see ``word(in:)``.
package enum LinkState: String, CaseIterable, Sendable {
    /// Linked by a POST of this ledger.
    case linked
    /// PingOne refused the POST because the link was there.
    case alreadyLinked = "already-linked"
    /// PingOne refused the row; its data must change.
    case rejected
    /// The row never was fit to send.
    case invalid
    /// The attempts are used up, and it is certain that the link was not made.
    case failed
    /// A POST may have left, and its outcome is unknown.
    case unsettled
    /// A POST is about to leave, or the process died when it was.
    case intended
    /// Removed by `undo`.
    case undone

    /// The number in a store. Never change one: old ledgers have them, and the views translate them.
    package var code: Int {
        switch self {
        case .linked: 1
        case .alreadyLinked: 2
        case .rejected: 3
        case .invalid: 4
        case .failed: 5
        case .unsettled: 6
        case .intended: 7
        case .undone: 8
        }
    }

    package init?(code: Int) {
        guard let state = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = state
    }
}

/// How it is known that a link is there.
package enum Evidence: String, CaseIterable, Sendable {
    /// A 2xx answer to the POST said so.
    case reply
    /// It was found among the user's links after a doubt.
    case readBack = "read-back"

    /// The number in a store; as fixed as ``LinkState/code``.
    package var code: Int {
        switch self {
        case .reply: 1
        case .readBack: 2
        }
    }

    package init?(code: Int) {
        guard let evidence = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = evidence
    }
}

/// What is not known for certain of a row, whatever its state: the reading that comes first is made for it.
package enum LinkDoubt: CaseIterable, Sendable {
    /// A POST may have linked it: what is found there is ours. Of a row to be unlinked: a DELETE may have done it. Stays with a row that was not seen there since, for a list
    /// that does not show a link yet is no proof.
    case linking
    /// Every POST was refused because something exists, which could not be read: what is found there is not ours.
    case refused
    /// The link that was made may have been removed.
    case undoing

    /// The number in a store; as fixed as ``LinkState/code``.
    package var code: Int {
        switch self {
        case .linking: 1
        case .refused: 2
        case .undoing: 3
        }
    }

    package init?(code: Int) {
        guard let doubt = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = doubt
    }
}
