import GRDB
import Ledger

/// A row of a file. Each value is decoded with a throwing call: the subscript ends the process, and prints the whole row,
/// where a damaged ledger has something else than the type.
struct SQLiteRow: StoredRow {
    private let row: Row

    /// A row of a cursor is good until the next one is asked for.
    init(_ row: Row) {
        self.row = row
    }

    func text(_ column: Int) throws -> String { try row.decode(atIndex: column) }
    func optionalText(_ column: Int) throws -> String? { try row.decode(atIndex: column) }
    func integer(_ column: Int) throws -> Int64 { try row.decode(atIndex: column) }
    func optionalInteger(_ column: Int) throws -> Int64? { try row.decode(atIndex: column) }
    func int(_ column: Int) throws -> Int { try row.decode(atIndex: column) }
    func optionalInt(_ column: Int) throws -> Int? { try row.decode(atIndex: column) }
    func double(_ column: Int) throws -> Double { try row.decode(atIndex: column) }
    func bool(_ column: Int) throws -> Bool { try row.decode(atIndex: column) }
}
