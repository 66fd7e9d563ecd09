import CLibPQ

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

    func row(_ index: Int) -> PostgresRow { PostgresRow(self, Int32(index)) }

    /// Hands out the rows in order.
    func map<Value>(_ body: (PostgresRow) throws -> Value) rethrows -> [Value] {
        try (0..<count).map { try body(row($0)) }
    }

    /// Nil where there is none.
    var first: PostgresRow? { count > 0 ? row(0) : nil }

    fileprivate func value(_ row: Int32, _ column: Int32) -> UnsafePointer<CChar>? {
        guard unsafe PQgetisnull(result, row, column) == 0 else { return nil }
        return unsafe UnsafePointer(PQgetvalue(result, row, column))
    }

    fileprivate func byteCount(_ row: Int32, _ column: Int32) -> Int { Int(unsafe PQgetlength(result, row, column)) }
}

/// One row. Columns are counted from 0; each reading throws ``PostgresError/unreadable`` for what is not of that kind.
struct PostgresRow {
    private let rows: PostgresRows
    private let row: Int32

    fileprivate init(_ rows: PostgresRows, _ row: Int32) {
        self.rows = rows
        self.row = row
    }

    func optionalText(_ column: Int32) -> String? {
        guard let start = unsafe rows.value(row, column) else { return nil }
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: rows.byteCount(row, column))
        return unsafe String(decoding: bytes, as: UTF8.self)
    }

    func text(_ column: Int32) throws(PostgresError) -> String {
        guard let text = optionalText(column) else { throw .unreadable }
        return text
    }

    func optionalInteger(_ column: Int32) throws(PostgresError) -> Int64? {
        guard let text = optionalText(column) else { return nil }
        guard let number = Int64(text) else { throw .unreadable }
        return number
    }

    func integer(_ column: Int32) throws(PostgresError) -> Int64 {
        guard let number = try optionalInteger(column) else { throw .unreadable }
        return number
    }

    func optionalInt(_ column: Int32) throws(PostgresError) -> Int? {
        try optionalInteger(column).map { Int($0) }
    }

    func int(_ column: Int32) throws(PostgresError) -> Int { Int(try integer(column)) }

    func optionalDouble(_ column: Int32) throws(PostgresError) -> Double? {
        guard let text = optionalText(column) else { return nil }
        guard let number = Double(text) else { throw .unreadable }
        return number
    }

    func double(_ column: Int32) throws(PostgresError) -> Double {
        guard let number = try optionalDouble(column) else { throw .unreadable }
        return number
    }

    func bool(_ column: Int32) throws(PostgresError) -> Bool {
        switch optionalText(column) {
        case "t": true
        case "f": false
        default: throw .unreadable
        }
    }
}
