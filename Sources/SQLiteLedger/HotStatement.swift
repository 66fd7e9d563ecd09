import CSQLite
import GRDB
import Ledger

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

    /// Runs it with the values that `bind` gives; for a statement that returns nothing.
    ///
    /// - Returns: how many rows it changed.
    /// - Throws: `DatabaseError`.
    @discardableResult
    func run(in database: Database, _ bind: (inout HotValues) -> Void) throws -> Int {
        let handle = try unsafe bound(in: database, bind)
        defer { unsafe sqlite3_reset(handle) }
        let code = unsafe sqlite3_step(handle)
        guard code == SQLITE_DONE else { throw unsafe failure(code, handle) }
        return unsafe Int(sqlite3_changes(database.sqliteConnection))
    }

    /// Runs it with the values that `bind` gives; for a statement that inserts a row.
    ///
    /// - Returns: the row's place in its table.
    /// - Throws: `DatabaseError`.
    func insert(in database: Database, _ bind: (inout HotValues) -> Void) throws -> Int64 {
        try run(in: database, bind)
        return unsafe sqlite3_last_insert_rowid(database.sqliteConnection)
    }

    /// Runs it with the values that `bind` gives, and reads the first row that it returns, if it returns one.
    ///
    /// - Throws: `DatabaseError`, and what `read` throws.
    func first<Result>(
        in database: Database,
        _ bind: (inout HotValues) -> Void,
        read: (HotRow) throws -> Result
    ) throws -> Result? {
        let handle = try unsafe bound(in: database, bind)
        defer { unsafe sqlite3_reset(handle) }
        let code = unsafe sqlite3_step(handle)
        if code == SQLITE_DONE { return nil }
        guard code == SQLITE_ROW else { throw unsafe failure(code, handle) }
        return try read(unsafe HotRow(handle: handle))
    }

    private func bound(in database: Database, _ bind: (inout HotValues) -> Void) throws -> OpaquePointer {
        let statement = try prepared ?? database.cachedStatement(sql: sql)
        prepared = statement
        var values = unsafe HotValues(handle: statement.sqliteStatement)
        bind(&values)
        guard values.code == SQLITE_OK else { throw unsafe failure(values.code, values.handle) }
        return unsafe values.handle
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

/// What stands in place of a ``HotStatement``'s question marks: given one after the other, each time all of them.
@safe struct HotValues {
    fileprivate let handle: OpaquePointer
    private var count: CInt = 0
    /// SQLite's answer to the last value; after one that it refused, no other is given to it.
    fileprivate private(set) var code = SQLITE_OK

    fileprivate init(handle: OpaquePointer) {
        unsafe self.handle = handle
    }

    mutating func append(_ number: Int64?) {
        guard code == SQLITE_OK else { return }
        count += 1
        code = unsafe number.map { unsafe sqlite3_bind_int64(handle, count, $0) } ?? sqlite3_bind_null(handle, count)
    }

    mutating func append(_ number: Int?) {
        append(number.map { Int64($0) })
    }

    mutating func append(_ text: String?) {
        guard var text else { return append(Int64?.none) }
        guard code == SQLITE_OK else { return }
        count += 1
        // Handed over as it is: as an argument of type C string it would be copied first, for a NUL at its end.
        code = text.withUTF8 { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
                unsafe pinglink_sqlite_bind_text(handle, count, characters.baseAddress, CInt(characters.count))
            }
        }
    }
}
