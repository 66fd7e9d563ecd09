package import Ledger

/// Where a run's memory is: a ledger that it writes, or for a dry run one that it only reads.
package enum ImportStore: Sendable {
    case writing(any Ledger)
    /// Nil where no ledger exists yet.
    case reading((any LedgerReader)?)

    /// Nil where nothing may be written.
    var ledger: (any Ledger)? {
        switch self {
        case .writing(let ledger): ledger
        case .reading: nil
        }
    }

    /// What is known of earlier runs; nil where there were none.
    private var memory: (any LedgerLookUp)? {
        switch self {
        case .writing(let ledger): ledger
        case .reading(let reader): reader
        }
    }

    func contentSalt() throws(LedgerError) -> UInt64 {
        try memory?.contentSalt ?? 0
    }

    func lookUp(_ candidates: [Candidate]) throws(LedgerError) -> [KnownLink?] {
        try memory?.lookUp(candidates) ?? candidates.map { _ in nil }
    }

    func lookUp(_ aliases: [LinkAlias]) throws(LedgerError) -> [KnownLink?] {
        try memory?.lookUp(aliases) ?? aliases.map { _ in nil }
    }

    /// The linked rows that the last verification has found missing and that no run has touched since.
    func missingLinks() throws(LedgerError) -> Set<Ticket> {
        try memory?.missingLinks() ?? []
    }

    /// Who has claimed each candidate's account for another user, in the same order.
    func rivals(of candidates: [Candidate]) throws(LedgerError) -> [RivalClaim?] {
        try memory?.rivals(of: candidates) ?? candidates.map { _ in nil }
    }

    /// What runs of the ledger have done.
    package func kinds() throws(LedgerError) -> Set<RunKind> {
        try memory?.kinds() ?? []
    }

    /// How many rows of an input are linked since its last run, as far as that can be told at once.
    func linkedRows(ofInput inputName: String, environment: String) throws(LedgerError) -> Int {
        try memory?.linkedRows(ofInput: inputName, environment: environment) ?? 0
    }

    /// Lets go of the ledger: for whoever has opened it.
    package func close() throws(LedgerError) {
        switch self {
        case .writing(let ledger): try ledger.close()
        case .reading(let reader): reader?.close()
        }
    }

    /// Notes that a row that is not sent stands in the input all the same.
    func noteSeen(_ known: KnownLink) {
        ledger?.noteSeen(known)
    }

    func recordInvalid(_ rows: [InvalidRow]) throws(LedgerError) {
        try ledger?.recordInvalid(rows)
    }
}
