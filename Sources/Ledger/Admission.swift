/// A row of the input that is fit to be sent.
package struct Candidate: Sendable, Equatable {
    package var key: LinkKey
    /// The line on which the record begins, counted from 1.
    package var line: Int
    /// The fingerprint of what would be sent besides the key, made with ``Ledger/contentSalt``: tells a corrected row
    /// from an unchanged one.
    package var content: UInt64
    /// The fingerprint of the name that the input gives the user instead of the id, made with ``Ledger/contentSalt``: by
    /// it a ``LinkAlias`` finds the link before the id is known. Nil for a row that has the id.
    package var userAlias: UInt64?

    package init(key: LinkKey, line: Int, content: UInt64, userAlias: UInt64? = nil) {
        self.key = key
        self.line = line
        self.content = content
        self.userAlias = userAlias
    }
}

/// What the ledger knew of a link before this run touched it.
package struct KnownLink: Sendable, Equatable {
    package var state: LinkState
    /// The fingerprint of the content that was last admitted under this key.
    package var content: UInt64
    /// All attempts and POSTs for this link, of all runs that were settled.
    package var attempts: Int
    package var posts: Int
    package var linkedAccountID: String?
    package var httpStatus: Int?
    package var errorCode: String?
    package var errorDetail: String?
    package var errorFact: ProblemFact?
    /// The line in the input of the run that last touched it.
    package var line: Int
    /// Whether that run is the one that is going on now.
    package var isOfThisRun: Bool
    /// What the last settlement has left unknown.
    package var notedDoubt: LinkDoubt?

    /// Its place in the ledger.
    package var ticket: Ticket { Ticket(row: row) }

    /// Its place in the table, and what ``Ledger/withdraw(_:restoring:completion:)`` puts back.
    package var row: Int64
    package var run: Int64
    /// Since 1970.
    package var updatedMilliseconds: Int64

    package init(
        state: LinkState,
        content: UInt64,
        attempts: Int,
        posts: Int,
        linkedAccountID: String? = nil,
        httpStatus: Int? = nil,
        errorCode: String? = nil,
        errorDetail: String? = nil,
        errorFact: ProblemFact? = nil,
        line: Int,
        isOfThisRun: Bool,
        notedDoubt: LinkDoubt? = nil,
        row: Int64,
        run: Int64,
        updatedMilliseconds: Int64
    ) {
        self.state = state
        self.content = content
        self.attempts = attempts
        self.posts = posts
        self.linkedAccountID = linkedAccountID
        self.httpStatus = httpStatus
        self.errorCode = errorCode
        self.errorDetail = errorDetail
        self.errorFact = errorFact
        self.line = line
        self.isOfThisRun = isOfThisRun
        self.notedDoubt = notedDoubt
        self.row = row
        self.run = run
        self.updatedMilliseconds = updatedMilliseconds
    }

    /// Whether this run has it in hand.
    package var isOnItsWay: Bool { isOfThisRun && (state == .intended || doubt == .undoing) }

    /// What is to be read before a POST leaves; nil where all is known. A process that dies with an intent on disk may have
    /// sent it, whatever was known before.
    package var doubt: LinkDoubt? {
        switch state {
        case .intended: .linking
        case .unsettled: notedDoubt ?? .linking
        default: notedDoubt
        }
    }

    /// Whether the link is there or may be: then its account is this row's own, and nobody else's claim counts.
    package var mayBeLinked: Bool { [.linked, .alreadyLinked].contains(state) || doubt != nil }
}

/// The place of an intended link in the ledger: whoever holds it owes it a settlement or a withdrawal.
package struct Ticket: Sendable, Hashable {
    package var row: Int64
    /// The process that has it in hand, in a ledger that several share; else 0.
    package var owner: Int64

    package init(row: Int64, owner: Int64 = 0) {
        self.row = row
        self.owner = owner
    }
}

/// Another live process, which has a row in hand.
package struct RowHolder: Sendable, Equatable {
    package var host: String
    package var processID: Int32
    /// After so long others may take its rows, unless it gives a sign of life before.
    package var leaseEndsIn: Duration

    package init(host: String, processID: Int32, leaseEndsIn: Duration) {
        self.host = host
        self.processID = processID
        self.leaseEndsIn = leaseEndsIn
    }
}

/// A row that has claimed the same account for another user: it is linked, or may be.
package struct RivalClaim: Sendable, Equatable {
    package var line: Int
    /// The input of the run that last touched it, as the user named it.
    package var source: String

    package init(line: Int, source: String) {
        self.line = line
        self.source = source
    }
}

/// What a decision about a candidate has to go by.
package struct Standing: Sendable, Equatable {
    package var known: KnownLink?
    package var rival: RivalClaim?

    package init(known: KnownLink?, rival: RivalClaim? = nil) {
        self.known = known
        self.rival = rival
    }
}

/// The ledger's answer to one candidate.
package struct Admission: Sendable, Equatable {
    /// What was known of the link before, nil for a new one.
    package var known: KnownLink?
    /// The permission to send, nil when the row is not to be sent.
    package var ticket: Ticket?
    /// Who has claimed its account, where the row is new or certainly not linked.
    package var rival: RivalClaim?
    /// Who has the row in hand: it is to be asked for again later. Then there is no ticket.
    package var elsewhere: RowHolder?
    /// Whether another process of this import has brought the row to its end while this run went on: it stays as it is.
    package var isDone = false

    /// Whether it was the caller that did not want the row sent now, rather than that it is in somebody's hands or done.
    package var isDeclined = false

    package init(known: KnownLink?, ticket: Ticket?, rival: RivalClaim? = nil, elsewhere: RowHolder? = nil) {
        self.known = known
        self.ticket = ticket
        self.rival = rival
        self.elsewhere = elsewhere
    }
}
