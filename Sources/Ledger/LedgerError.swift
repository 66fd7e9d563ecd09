package import FoundationEssentials
import GRDB

/// What stops a run because of its ledger. Each message names the file and what to do next; none has a value of a row.
package enum LedgerError: Error, Equatable, CustomStringConvertible {
    /// The file cannot be made, opened for writing or locked.
    case cannotCreate(path: String, reason: String)
    /// The file is missing or cannot be opened for reading.
    case cannotRead(path: String, reason: String)
    /// The file is something else: no SQLite database, or another program's.
    case notALedger(path: String, reason: String)
    /// A later version of this program wrote it.
    case newerSchema(path: String, found: Int, supported: Int)
    /// It is a ledger, but its pages or values make no sense.
    case damaged(path: String, reason: String)
    /// A write failed: the disk is full, or the device has an error. What was acknowledged before is kept.
    case writeFailed(path: String, reason: String)
    /// Another run has it. Process and time are nil when the other run has only just begun.
    case held(path: String, processID: Int32?, since: Date?)

    package var description: String {
        switch self {
        case .cannotCreate(let path, let reason):
            "\(path): the ledger cannot be created or opened for writing: \(reason). "
                + "Correct that, or choose another place with --ledger PATH."
        case .cannotRead(let path, let reason):
            "\(path): the ledger cannot be read: \(reason). Check the path and the permissions."
        case .notALedger(let path, let reason):
            "\(path): this is no ledger: \(reason). It was left as it is; name another file."
        case .newerSchema(let path, let found, let supported):
            "\(path): the ledger has format \(found), this program knows formats up to \(supported). "
                + "Use the newer version that wrote it."
        case .damaged(let path, let reason):
            "\(path): the ledger is damaged: \(reason)\(LedgerConnection.companions(of: path)). Restore it from a backup, or move it away and run again: "
                + "links that exist are then found and recorded as already-linked."
        case .writeFailed(let path, let reason):
            "\(path): the ledger cannot be written: \(reason). "
                + "Nothing recorded is lost; correct that, then run again to go on."
        case .held(let path, let processID, let since):
            "\(path): another run holds the ledger\(Self.holder(processID, since)). "
                + "Wait for it or stop it, then run again."
        }
    }

    private static func holder(_ processID: Int32?, _ since: Date?) -> String {
        let parts = [
            processID.map { "process \($0)" },
            since.map { "since \($0.formatted(.iso8601))" },
        ].compactMap(\.self)
        return parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
    }
}

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
