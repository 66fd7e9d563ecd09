package import FoundationEssentials

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
    /// Another run has it. Process and time are nil when the other run has only just begun; the host is that of a process
    /// that may be on another machine.
    case held(path: String, processID: Int32?, since: Date?, host: String? = nil)

    package var description: String {
        switch self {
        case .cannotCreate(let path, let reason):
            "\(path): the ledger cannot be created or opened for writing: \(reason). "
                + "Correct that, then run again; a new ledger may have another place (--ledger)."
        case .cannotRead(let path, let reason):
            "\(path): the ledger cannot be read: \(reason). "
                + (Self.isDatabase(path)
                    ? "Check the address, the permissions and --ledger-schema." : "Check the path and the permissions.")
        case .notALedger(let path, let reason):
            "\(path): this is no ledger: \(reason). It was left as it is; name another "
                + (Self.isDatabase(path) ? "schema with --ledger-schema." : "file as the ledger.")
        case .newerSchema(let path, let found, let supported):
            "\(path): the ledger has format \(found), this program knows formats up to \(supported). "
                + "Use the newer version that wrote it."
        case .damaged(let path, let reason):
            "\(path): the ledger is damaged: \(reason)\(Self.companions(of: path)). "
                + "Restore it from a backup. Where there is none, "
                + (Self.isDatabase(path) ? "name another schema with --ledger-schema" : "move it away")
                + ": an import that is run again finds the links that exist and records them as already-linked, so that "
                + "undo can not remove them."
        case .writeFailed(let path, let reason):
            "\(path): the ledger cannot be written: \(reason). "
                + "Nothing recorded is lost; correct that, then run again to go on."
        case .held(let path, let processID, let since, let host):
            "\(path): another run holds the ledger\(Self.holder(processID, since, host)). "
                + "Wait for it or stop it, then run again."
        }
    }

    /// Whether it is an address of a database, not a path.
    private static func isDatabase(_ path: String) -> Bool { path.contains("://") }

    /// What an empty or a short ledger may lack: the run that was killed has left it in the files beside it.
    package static func companions(of path: String) -> String {
        // A database keeps its files to itself.
        guard !isDatabase(path) else { return "" }
        let name = path.split(separator: "/").last ?? ""
        return
            " (\(name), \(name)-wal and \(name)-shm belong together after a killed run: a copy needs all that are there)"
    }

    private static func holder(_ processID: Int32?, _ since: Date?, _ host: String?) -> String {
        let parts = [
            host.map { "on \($0)" },
            processID.map { "process \($0)" },
            since.map { "since \($0.formatted(.iso8601))" },
        ].compactMap(\.self)
        return parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
    }
}
