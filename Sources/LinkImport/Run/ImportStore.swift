package import Ledger

/// Where a run's memory is: a ledger that it writes, or for a dry run one that it only reads.
package enum ImportStore: Sendable {
    case writing(Ledger)
    /// Nil where no ledger exists yet.
    case reading(LedgerReader?)

    /// Nil where nothing may be written.
    var ledger: Ledger? {
        switch self {
        case .writing(let ledger): ledger
        case .reading: nil
        }
    }

    func contentSalt() throws(LedgerError) -> UInt64 {
        switch self {
        case .writing(let ledger): ledger.contentSalt
        case .reading(let reader): try reader?.contentSalt() ?? 0
        }
    }

    func lookUp(_ candidates: [Candidate]) throws(LedgerError) -> [KnownLink?] {
        switch self {
        case .writing(let ledger): try ledger.lookUp(candidates)
        case .reading(let reader): try reader?.lookUp(candidates) ?? candidates.map { _ in nil }
        }
    }

    func lookUp(_ aliases: [LinkAlias]) throws(LedgerError) -> [KnownLink?] {
        switch self {
        case .writing(let ledger): try ledger.lookUp(aliases)
        case .reading(let reader): try reader?.lookUp(aliases) ?? aliases.map { _ in nil }
        }
    }

    /// The linked rows that the last verification has found missing and that no run has touched since.
    func missingLinks() throws(LedgerError) -> Set<Ticket> {
        switch self {
        case .writing(let ledger): try ledger.missingLinks()
        case .reading(let reader): try reader?.missingLinks() ?? []
        }
    }

    /// Who has claimed each candidate's account for another user, in the same order.
    func rivals(of candidates: [Candidate]) throws(LedgerError) -> [RivalClaim?] {
        switch self {
        case .writing(let ledger): try ledger.rivals(of: candidates)
        case .reading(let reader): try reader?.rivals(of: candidates) ?? candidates.map { _ in nil }
        }
    }

    /// Notes that a row that is not sent stands in the input all the same.
    func noteSeen(_ known: KnownLink) {
        ledger?.noteSeen(known)
    }

    func recordInvalid(_ rows: [InvalidRow]) throws(LedgerError) {
        if case .writing(let ledger) = self { try ledger.recordInvalid(rows) }
    }
}
