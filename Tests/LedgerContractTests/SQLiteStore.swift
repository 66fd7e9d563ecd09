import Ledger
import LedgerTestKit
import SQLiteLedger
import SQLiteTestKit
import TestKit

/// A file in a folder of its own.
struct SQLiteStore: LedgerStore {
    private let folder: TemporaryFolder
    private var path: String { folder.path("contract.ledger") }

    init() throws {
        folder = try TemporaryFolder()
    }

    var name: String { "SQLite" }

    var location: any LedgerLocation { SQLiteFile(path) }

    func rows(_ query: String) throws -> [[String: String]] {
        try SQLiteTestKit.rows(path, query)
    }

    /// The folder goes with the store.
    func cleanUp() {}
}
