import CLibPQ
import Ledger

/// What a statement has given: rows of columns, in the server's text form. Belongs to the thread that has asked.
@safe final class PostgresRows {
    private let result: OpaquePointer

    /// Takes over a result that is no error.
    init(_ result: OpaquePointer) {
        unsafe self.result = result
    }

    deinit {
        unsafe PQclear(result)
    }

    var count: Int { Int(unsafe PQntuples(result)) }

    /// How many rows an INSERT, UPDATE or DELETE has changed.
    var changed: Int { unsafe Int(String(cString: PQcmdTuples(result))) ?? 0 }

    func row(_ index: Int) -> PostgresRow { PostgresRow(self, index) }

    /// Hands out the rows in order.
    func map<Value>(_ body: (PostgresRow) throws -> Value) rethrows -> [Value] {
        try (0..<count).map { try body(row($0)) }
    }

    /// Nil where there is none.
    var first: PostgresRow? { count > 0 ? row(0) : nil }

    /// Nil for NULL.
    fileprivate func text(_ row: Int, _ column: Int) -> String? {
        let (row, column) = (Int32(row), Int32(column))
        guard unsafe PQgetisnull(result, row, column) == 0, let start = unsafe PQgetvalue(result, row, column) else {
            return nil
        }
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column)))
        return unsafe String(decoding: bytes, as: UTF8.self)
    }
}

/// One row. Columns are counted from 0; each reading throws ``PostgresError/unreadable`` for what is not of that kind.
struct PostgresRow: StoredRow {
    private let rows: PostgresRows
    private let row: Int

    fileprivate init(_ rows: PostgresRows, _ row: Int) {
        self.rows = rows
        self.row = row
    }

    func optionalText(_ column: Int) -> String? { rows.text(row, column) }

    func text(_ column: Int) throws(PostgresError) -> String {
        guard let text = optionalText(column) else { throw .unreadable }
        return text
    }

    func optionalInteger(_ column: Int) throws(PostgresError) -> Int64? {
        guard let text = optionalText(column) else { return nil }
        guard let number = Int64(text) else { throw .unreadable }
        return number
    }

    func integer(_ column: Int) throws(PostgresError) -> Int64 {
        guard let number = try optionalInteger(column) else { throw .unreadable }
        return number
    }

    func optionalInt(_ column: Int) throws(PostgresError) -> Int? {
        try optionalInteger(column).map { Int($0) }
    }

    func int(_ column: Int) throws(PostgresError) -> Int { Int(try integer(column)) }

    func optionalDouble(_ column: Int) throws(PostgresError) -> Double? {
        guard let text = optionalText(column) else { return nil }
        guard let number = Double(text) else { throw .unreadable }
        return number
    }

    func double(_ column: Int) throws(PostgresError) -> Double {
        guard let number = try optionalDouble(column) else { throw .unreadable }
        return number
    }

    func bool(_ column: Int) throws(PostgresError) -> Bool {
        switch optionalText(column) {
        case "t": true
        case "f": false
        default: throw .unreadable
        }
    }
}
