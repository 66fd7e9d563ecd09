/// What a run asks a ledger before it decides about its rows, whether it may write it or only reads it (a dry run).
package protocol LedgerLookUp: AnyObject, Sendable {
    /// A random number of this ledger, to be hashed into each fingerprint (``StableHash/init(salt:)``), so that the
    /// fingerprints of two ledgers cannot be compared and none can be looked up in a table made beforehand.
    var contentSalt: UInt64 { get throws(LedgerError) }

    /// What is known of each candidate, in the same order; changes nothing about them.
    func lookUp(_ candidates: [Candidate]) throws(LedgerError) -> [KnownLink?]

    /// What is known of each alias, in the same order; changes nothing.
    func lookUp(_ aliases: [LinkAlias]) throws(LedgerError) -> [KnownLink?]

    /// Who has claimed each candidate's account for another user, in the same order; nil for those that are linked.
    func rivals(of candidates: [Candidate]) throws(LedgerError) -> [RivalClaim?]

    /// The links that the last verification has found missing and that no run has touched since.
    func missingLinks() throws(LedgerError) -> Set<Ticket>

    /// What its runs have done.
    func kinds() throws(LedgerError) -> Set<RunKind>

    /// How many rows of an input its last run that has read all of it has left linked; none where there was no such run.
    ///
    /// `inputName`: see ``RunStart/inputName``; `environment`: a UUID.
    func linkedRows(ofInput inputName: String, environment: String) throws(LedgerError) -> Int
}
