import GRDB
import GRDBSQLite

/// A statement that is run for each row of the input, bound and stepped in SQLite itself. GRDB's way, an array of boxed
/// arguments that is compared with the statement's, costs several times what SQLite does for the row.
///
/// It belongs to one connection, and like that to one thread at a time.
final class HotStatement {
    private let sql: String
    /// Prepared when it is run for the first time: a ledger that is only read may lack what a writer's statement names.
    private var prepared: Statement?

    init(_ sql: String) {
        self.sql = sql
    }

    /// Runs it with these values in place of the question marks; for a statement that returns nothing.
    ///
    /// - Throws: `DatabaseError`.
    func run<each Value: Bindable>(in database: Database, _ values: repeat each Value) throws {
        let handle = try unsafe bound(in: database, repeat each values)
        defer { unsafe sqlite3_reset(handle) }
        let code = unsafe sqlite3_step(handle)
        guard code == SQLITE_DONE else { throw unsafe failure(code, handle) }
    }

    /// Runs it with these values, and reads the first row that it returns, if it returns one.
    ///
    /// - Throws: `DatabaseError`, and what `read` throws.
    func first<Result, each Value: Bindable>(
        in database: Database,
        _ values: repeat each Value,
        read: (HotRow) throws -> Result
    ) throws -> Result? {
        let handle = try unsafe bound(in: database, repeat each values)
        defer { unsafe sqlite3_reset(handle) }
        let code = unsafe sqlite3_step(handle)
        if code == SQLITE_DONE { return nil }
        guard code == SQLITE_ROW else { throw unsafe failure(code, handle) }
        return try read(unsafe HotRow(handle: handle))
    }

    private func bound<each Value: Bindable>(
        in database: Database,
        _ values: repeat each Value
    ) throws -> OpaquePointer {
        let statement = try prepared ?? database.cachedStatement(sql: sql)
        prepared = statement
        let handle = unsafe statement.sqliteStatement
        var index: CInt = 0
        for value in repeat each values {
            index += 1
            let code = unsafe value.bind(to: handle, at: index)
            guard code == SQLITE_OK else { throw unsafe failure(code, handle) }
        }
        return unsafe handle
    }

    /// Without the values, which `DatabaseError` would show.
    private func failure(_ code: CInt, _ handle: OpaquePointer) -> DatabaseError {
        let message = unsafe String(cString: sqlite3_errmsg(sqlite3_db_handle(handle)))
        return DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
    }
}

/// The row at which a ``HotStatement`` stands; valid while it is read. Columns count from 0.
///
/// A value of another type than the column's throws `UnreadableValue`: the file is damaged.
@safe struct HotRow {
    fileprivate let handle: OpaquePointer

    func integer(_ column: CInt) throws -> Int64 {
        guard let value = try optionalInteger(column) else { throw UnreadableValue() }
        return value
    }

    func optionalInteger(_ column: CInt) throws -> Int64? {
        switch unsafe sqlite3_column_type(handle, column) {
        case SQLITE_NULL: nil
        case SQLITE_INTEGER: unsafe sqlite3_column_int64(handle, column)
        default: throw UnreadableValue()
        }
    }

    func text(_ column: CInt) throws -> String? {
        switch unsafe sqlite3_column_type(handle, column) {
        case SQLITE_NULL: nil
        case SQLITE_TEXT: unsafe sqlite3_column_text(handle, column).map { unsafe String(cString: $0) }
        default: throw UnreadableValue()
        }
    }
}

/// What can stand in place of a question mark.
protocol Bindable {
    /// - Returns: SQLite's result code.
    func bind(to statement: OpaquePointer, at index: CInt) -> CInt
}

extension Int64: Bindable {
    func bind(to statement: OpaquePointer, at index: CInt) -> CInt {
        unsafe sqlite3_bind_int64(statement, index, self)
    }
}

extension Int: Bindable {
    func bind(to statement: OpaquePointer, at index: CInt) -> CInt {
        unsafe Int64(self).bind(to: statement, at: index)
    }
}

extension String: Bindable {
    func bind(to statement: OpaquePointer, at index: CInt) -> CInt {
        unsafe sqlite3_bind_text(statement, index, self, CInt(utf8.count), copied)
    }
}

extension Optional: Bindable where Wrapped: Bindable {
    func bind(to statement: OpaquePointer, at index: CInt) -> CInt {
        guard let self else { return unsafe sqlite3_bind_null(statement, index) }
        return unsafe self.bind(to: statement, at: index)
    }
}

/// `SQLITE_TRANSIENT`, a macro that Swift does not see: SQLite copies the bytes.
private let copied = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
