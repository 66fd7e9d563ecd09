import CRawPaths
import CSQLite
import DurableSteps
import FoundationEssentials
import GRDB
import Glibc
import Ledger
import RawPaths

/// How this module opens SQLite files, for writing and for reading.
enum LedgerConnection {
    /// Who writes a ledger now, or did when it was last killed.
    struct Holder: Equatable {
        var processID: Int32
        var since: Date
    }

    /// How long a write waits for another program that has the file open, such as the `sqlite3` shell, to finish its own.
    private static let patience = 10.0

    /// Opens a file that ``LedgerLock`` has created or found, makes it a current ledger, and signs it.
    static func openForWriting(_ path: String, salt: UInt64, holderSince: Date) throws -> DatabaseQueue {
        try refuseWhatIsNoDatabase(path)
        var configuration = configuration(label: "pinglink.ledger.connection")
        configuration.prepareDatabase { database in
            // NORMAL would let a power failure take back what was acknowledged.
            try database.execute(sql: "PRAGMA synchronous = FULL; PRAGMA cache_size = -\(cacheKiB)")
        }
        let connection = try DatabaseQueue(path: plain(path), configuration: configuration)
        try connection.writeWithoutTransaction { database in
            let found = try version(of: database, at: path, emptyIs: 0)
            guard try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL") == "wal" else {
                throw LedgerError.cannotCreate(
                    path: path,
                    reason: "SQLite cannot keep a write-ahead log on this file system"
                )
            }
            try database.execute(sql: "PRAGMA wal_autocheckpoint = \(checkpointPages)")
            try LedgerSchema.migrate(database, from: found, salt: salt)
            DurableStep.reached(.ledgerMigrated)
            try database.execute(
                sql: "INSERT OR REPLACE INTO meta (name, value) VALUES ('holder_process', ?), ('holder_since_ms', ?)",
                arguments: [getpid(), holderSince.millisecondsSince1970]
            )
            DurableStep.reached(.holderNoted)
        }
        return connection
    }

    /// Opens an existing ledger for reading.
    ///
    /// It is opened for writing although nothing is written: only such a connection can remove the two files that SQLite
    /// keeps beside a database in WAL mode when it is the last one. A file that may not be written SQLite opens for
    /// reading.
    static func openForReading(_ path: String) throws -> DatabaseQueue {
        try refuseWhatIsNoDatabase(path)
        guard unsafe access(path.pathBytes, R_OK) == 0 else {
            throw LedgerError.cannotRead(path: path, reason: errorText(errno))
        }
        var configuration = configuration(label: "pinglink.ledger.reader")
        do {
            return try openChecked(plain(path), as: path, configuration)
        } catch let error as DatabaseError where needsImmutable(error, path) {
            configuration.readonly = true
            return try openChecked("file:\(percentEncoded(path))?immutable=1", as: path, configuration)
        }
    }

    /// Opens a ledger that another process holds, so that not even a log left by a killed run is moved into it.
    static func openUntouched(_ path: String) throws -> DatabaseQueue {
        var configuration = configuration(label: "pinglink.ledger.holder")
        configuration.readonly = true
        configuration.busyMode = .immediateError
        return try openChecked(plain(path), as: path, configuration)
    }

    private static func openChecked(
        _ name: String,
        as path: String,
        _ configuration: Configuration
    ) throws -> DatabaseQueue {
        let connection = try DatabaseQueue(path: name, configuration: configuration)
        try connection.read { database in _ = try version(of: database, at: path, emptyIs: nil) }
        return connection
    }

    /// SQLite takes a file of one byte for an empty one and would fill it, and it would make a missing file.
    private static func refuseWhatIsNoDatabase(_ path: String) throws {
        var status = stat()
        guard unsafe stat(path.pathBytes, &status) == 0 else {
            throw LedgerError.cannotRead(path: path, reason: errorText(errno))
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw LedgerError.notALedger(path: path, reason: "it is not a regular file")
        }
        guard status.st_size != 1 else {
            throw LedgerError.notALedger(path: path, reason: "it is not an SQLite database")
        }
    }

    /// SQLite must make files beside a database in WAL mode even to read it. Where it may not, a ledger that was closed in
    /// good order can be read without them, for everything is in the one file then.
    private static func needsImmutable(_ error: DatabaseError, _ path: String) -> Bool {
        guard error.resultCode == .SQLITE_CANTOPEN || error.resultCode == .SQLITE_READONLY else { return false }
        // SQLite keeps them beside the file that a link leads to.
        guard let target = unsafe realpath(path.pathBytes, nil) else { return false }
        defer { unsafe free(target) }
        var status = stat()
        return unsafe stat((RawPath.text(cString: target) + "-wal").pathBytes, &status) != 0 || status.st_size == 0
    }

    /// The salt that was drawn when the ledger was made.
    static func contentSalt(_ database: Database) throws -> UInt64 {
        let salt = try Int64.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'content_salt'")
        guard let salt else { throw UnreadableValue() }
        return UInt64(bitPattern: salt)
    }

    static func holder(_ database: Database) throws -> Holder? {
        let process = try Int64.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'holder_process'")
        let since = try Int64.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'holder_since_ms'")
        guard let processID = process.flatMap(Int32.init(exactly:)), let since else { return nil }
        return Holder(processID: processID, since: Date(millisecondsSince1970: since))
    }

    static func removeHolder(_ database: Database) throws {
        try database.execute(sql: "DELETE FROM meta WHERE name IN ('holder_process', 'holder_since_ms')")
    }

    /// The format of a ledger that this program knows. A database without anything in it counts as `emptyIs`, or, if that
    /// is nil, as no ledger.
    private static func version(of database: Database, at path: String, emptyIs: Int?) throws -> Int {
        switch try LedgerSchema.inspect(database) {
        case .ledger(let version) where version > LedgerSchema.version:
            throw LedgerError.newerSchema(path: path, found: version, supported: LedgerSchema.version)
        case .ledger(let version) where version < 1:
            throw LedgerError.damaged(path: path, reason: "its format is \(version)")
        case .ledger(let version):
            return version
        case .empty:
            guard let emptyIs else {
                throw LedgerError.notALedger(path: path, reason: "it is empty" + LedgerError.companions(of: path))
            }
            return emptyIs
        case .foreign:
            throw LedgerError.notALedger(path: path, reason: "it is another program's SQLite database")
        }
    }

    /// SQLite's count of its memory, which nobody asks for, costs nearly a tenth of its work on a row. Every connection of
    /// this program is configured here, so that this comes before whatever else is done with SQLite.
    private static let memoryIsUncounted = pinglink_sqlite_stop_counting_memory() == SQLITE_OK

    private static func configuration(label: String) -> Configuration {
        _ = memoryIsUncounted
        var configuration = Configuration()
        configuration.label = label
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(patience)
        return configuration
    }

    /// Holds the upper levels of the key index and the pages of the rows in flight. A cache of 16 MiB made an import of a
    /// million rows no faster: the system keeps the file in memory as well.
    private static let cacheKiB = 4_096

    /// Pages of the write-ahead log (4 KiB each, so 64 MiB) before they are moved into the file. The key index is written
    /// at random, so the same page comes again and again: the longer the log, the fewer pages are moved twice.
    private static let checkpointPages = 16_384

    /// The path in a form that SQLite takes for nothing else than a path: `file:…` is a URI to it, and `:memory:` no file.
    private static func plain(_ path: String) -> String {
        if path.isRawPath { pinglink_sqlite_take_raw_paths() }
        return path.hasPrefix("/") ? path : "./\(path)"
    }

    /// A path as part of a URI, in which `%`, `?` and `#` mean something.
    private static func percentEncoded(_ path: String) -> String {
        path.replacing("%", with: "%25").replacing("?", with: "%3f").replacing("#", with: "%23")
    }
}
