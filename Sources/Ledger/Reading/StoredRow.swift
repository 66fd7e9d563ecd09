/// A row of values that a store has read. Columns are counted from 0.
///
/// Each reading throws for a value of another kind, and for NULL where it is not an optional one: a damaged ledger may have
/// anything.
package protocol StoredRow {
    func text(_ column: Int) throws -> String
    func optionalText(_ column: Int) throws -> String?
    func integer(_ column: Int) throws -> Int64
    func optionalInteger(_ column: Int) throws -> Int64?
    func int(_ column: Int) throws -> Int
    func optionalInt(_ column: Int) throws -> Int?
    func double(_ column: Int) throws -> Double
    func bool(_ column: Int) throws -> Bool
}

/// A value in a store that this version cannot have written.
package struct UnreadableValue: Error {
    package init() {}
}
