/// Reads a ledger for `status`, `export` and `report`, also while a run writes it: it waits for nobody, and nobody waits
/// for it. Each call sees the ledger as it is at one moment.
package protocol LedgerReader: LedgerLookUp {
    /// How many rows are in each state; a state that no row is in is missing. The rows that are left to settle are
    /// `unsettled` and `intended`.
    func counts() throws(LedgerError) -> [LinkState: Int]

    /// The environments that rows of this ledger belong to.
    func environments() throws(LedgerError) -> [String]

    /// All runs, the oldest first.
    func runs() throws(LedgerError) -> [RunRecord]

    /// Where the inputs of this ledger's runs were: their absolute paths, without `.gz`, and `-` for standard input.
    func inputNames() throws(LedgerError) -> [String]

    /// All inputs, each in each of its environments, in the order of their first runs, and the rows that are not linked and
    /// do not stand in their input any more. An environment for which no row was ever fit or begun, because the environment
    /// was a mistake or could not be reached, is left out where there is another one.
    func inputs() throws(LedgerError) -> (records: [InputRecord], gone: Set<Ticket>)

    /// What was suspicious about a run's input.
    func warnings(ofRun runID: String) throws(LedgerError) -> [RunWarning]

    /// When rows were settled and how long the answers took.
    func activity() throws(LedgerError) -> LedgerActivity

    /// The last verification; nil if there was none.
    func verification() throws(LedgerError) -> VerificationRecord?

    /// All verifications, the oldest first; what was found is known of the last one only.
    func verifications() throws(LedgerError) -> [VerificationRecord]

    /// Hands out the rows of `results` one by one, in fixed memory: links in the order in which they were first admitted,
    /// and invalid rows between them by their line. For a ledger of one input that is the order of the input.
    ///
    /// - Parameters:
    ///   - states: only rows in these states; nil for all.
    ///   - runID: only rows that this run touched last; nil for all.
    ///   - body: what it throws ends the reading and is thrown on.
    /// - Throws: `LedgerError`, or what `body` throws.
    func forEachResult(states: Set<LinkState>?, runID: String?, _ body: (ResultRow) throws -> Void) throws

    /// Lets go of the store now rather than with the last reference. Nothing can be read afterwards.
    func close()
}

extension LedgerReader {
    /// As ``forEachResult(states:runID:_:)``, of all runs.
    package func forEachResult(states: Set<LinkState>? = nil, _ body: (ResultRow) throws -> Void) throws {
        try forEachResult(states: states, runID: nil, body)
    }
}
