package import Ledger

/// A place of one test for a ledger, in one kind of store.
package protocol LedgerStore: Sendable {
    /// For the names of test cases.
    var name: String { get }

    /// Where the test's ledger is; it is not there before something opens it.
    var location: any LedgerLocation { get }

    /// What anybody sees in the public views `results` and `runs`, through a client that knows nothing of this program; NULL
    /// is left out.
    func rows(_ query: String) throws -> [[String: String]]

    /// Removes the ledger.
    func cleanUp()
}
