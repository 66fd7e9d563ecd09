import GRDB
import Ledger

extension LedgerError {
    /// What is being done when SQLite refuses.
    enum Action {
        case opening, reading, writing
    }

    /// Translates whatever a piece of database work threw.
    init(_ error: any Error, at path: String, while action: Action) {
        if let error = error as? LedgerError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            self = .damaged(path: path, reason: "a value in it cannot be read")
            return
        }
        let reason = Self.reason(for: error)
        switch (error.resultCode, action) {
        case (.SQLITE_NOTADB, _): self = .notALedger(path: path, reason: reason)
        // The statements are always the same, so that one which is wrong meets tables that are.
        case (.SQLITE_CORRUPT, _), (.SQLITE_CONSTRAINT, _), (.SQLITE_ERROR, _), (.SQLITE_MISMATCH, _):
            self = .damaged(path: path, reason: reason)
        case (_, .opening): self = .cannotCreate(path: path, reason: reason)
        case (_, .reading): self = .cannotRead(path: path, reason: reason)
        case (_, .writing): self = .writeFailed(path: path, reason: reason)
        }
    }

    /// In a user's words. SQLite's own text is used only for codes that are not expected; it has names of tables and
    /// columns in it, never values.
    private static func reason(for error: DatabaseError) -> String {
        switch error.resultCode {
        case .SQLITE_NOTADB: "it is not an SQLite database"
        case .SQLITE_FULL: "the disk is full"
        case .SQLITE_IOERR: "input/output error (SQLite \(error.extendedResultCode.rawValue))"
        case .SQLITE_BUSY, .SQLITE_LOCKED: "another program is writing to it"
        case .SQLITE_READONLY: "the file or its folder is read-only"
        case .SQLITE_CANTOPEN: "a file beside it cannot be opened"
        case .SQLITE_CORRUPT: "the database is malformed"
        default: "SQLite \(error.extendedResultCode.rawValue): \(error.message ?? "no text")"
        }
    }
}
