package import FoundationEssentials

/// Where a ledger is, and in which kind of store.
package protocol LedgerLocation: Sendable {
    /// As the user named it, without a password: for messages.
    var name: String { get }

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

    /// The run that a live process is at; nil if there is none, or if that cannot be told. A run without an end that is
    /// not this one was killed.
    ///
    /// To be asked before this process opens the ledger, and before the runs are read: one
    /// that ends meanwhile then has an end, and one that begins takes longer to do so than to read them.
    func liveRunID() -> String?
}
