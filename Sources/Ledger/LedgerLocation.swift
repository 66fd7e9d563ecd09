package import FoundationEssentials

/// Where a ledger is, and in which kind of store.
package protocol LedgerLocation: Sendable {
    /// As the user named it, without a password: for messages.
    var name: String { get }

    /// The file that it is; nil for one in a database.
    var path: String? { get }

    /// Whether there may be a ledger; one that is not there yet is made by ``open(now:)``.
    var exists: Bool { get }

    /// Opens the ledger for writing, or creates it. Never waits for another run.
    ///
    /// - Parameter now: the wall clock, read once for each transaction.
    /// - Returns: the ledger, no run of which goes on yet; whoever has it closes it.
    /// - Throws: `cannotCreate`, `notALedger`, `newerSchema`, `damaged` or `held`; what is refused is unchanged.
    func open(now: @escaping @Sendable () -> Date) throws(LedgerError) -> any Ledger

    /// - Throws: `cannotRead`, `notALedger`, `newerSchema` or `damaged`.
    func reader() throws(LedgerError) -> any LedgerReader

    /// The runs that live processes are at; none if there is none, or if that cannot be told. A run without an end that is
    /// not one of these was killed.
    ///
    /// To be asked before this process opens the ledger, and before the runs are read: one
    /// that ends meanwhile then has an end, and one that begins takes longer to do so than to read them.
    func liveRuns() -> [LiveRun]
}

/// A run that a live process is at.
package struct LiveRun: Sendable, Equatable {
    package var runID: String
    /// Where it is, in a ledger that several machines share.
    package var process: RowHolder?
    /// Rows that it has brought to an end lately, a second.
    package var rowsPerSecond: Double?

    package init(runID: String, process: RowHolder? = nil, rowsPerSecond: Double? = nil) {
        self.runID = runID
        self.process = process
        self.rowsPerSecond = rowsPerSecond
    }
}
