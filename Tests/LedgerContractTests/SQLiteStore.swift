import Foundation
import GRDB
import Ledger
import LedgerTestKit
import SQLiteLedger

/// A file of its own in the temporary folder.
struct SQLiteStore: LedgerStore {
    private let path = FileManager.default.temporaryDirectory.appending(path: "contract-\(UUID().uuidString)").path

    var name: String { "SQLite" }

    var location: any LedgerLocation { SQLiteFile(path) }

    func rows(_ query: String) throws -> [[String: String]] {
        let connection = try DatabaseQueue(path: path)
        defer { try? connection.close() }
        return try connection.read { database in
            try Row.fetchAll(database, sql: query).map { row in
                var values: [String: String] = [:]
                for (column, value) in row where !value.isNull {
                    values[column] = String.fromDatabaseValue(value) ?? Int.fromDatabaseValue(value).map(String.init)
                }
                return values
            }
        }
    }

    func cleanUp() {
        for suffix in ["", "-wal", "-shm", ".lock"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    }
}
