import Foundation
import Ledger
import LedgerTestKit
import SQLiteTestKit
import TestKit
import Testing

@testable import SQLiteLedger

@Suite("Opening the file of a ledger")
struct LedgerConnectionTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("a new ledger and the files beside it are for their owner alone")
    func mode() throws {
        let ledger = try openRun(folder.ledger)
        _ = try ledger.ticket(candidate(1))
        #expect(try folder.names == ["users.csv.ledger", "users.csv.ledger-shm", "users.csv.ledger-wal"])
        for name in try folder.names { #expect(try permissions(folder.path(name)) == 0o600) }
    }

    @Test("the mode that someone gave an existing ledger stays", arguments: [0o400 | 0o200 | 0o040, 0o644])
    func existingMode(mode: Int) throws {
        try openRun(folder.ledger).finish()
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.ledger)
        try openRun(folder.ledger, id: "run-2").finish()
        #expect(try permissions(folder.ledger) == mode)
    }

    @Test("an empty file becomes a ledger")
    func emptyFile() throws {
        try Data().write(to: URL(filePath: folder.ledger))
        #expect(
            readingError(folder.ledger)
                == .notALedger(
                    path: folder.ledger,
                    reason: "it is empty" + LedgerError.companions(of: folder.ledger)
                )
        )
        try openRun(folder.ledger).finish()
        #expect(readingError(folder.ledger) == nil)
    }

    @Test("a file that is no database is refused and unchanged", arguments: [1, 99, 100, 511, 512, 5000])
    func textFile(size: Int) throws {
        let text = Data(repeating: UInt8(ascii: "x"), count: size)
        try text.write(to: URL(filePath: folder.ledger))
        let error = LedgerError.notALedger(path: folder.ledger, reason: "it is not an SQLite database")
        #expect(openingError(folder.ledger) == error)
        #expect(readingError(folder.ledger) == error)
        #expect(try Data(contentsOf: URL(filePath: folder.ledger)) == text)
        #expect(try folder.names == ["users.csv.ledger"])
    }

    @Test("another program's database is refused and unchanged")
    func foreignDatabase() throws {
        try execute(folder.ledger, "CREATE TABLE places (id INTEGER PRIMARY KEY, url TEXT)")
        let before = try Data(contentsOf: URL(filePath: folder.ledger))
        let error = LedgerError.notALedger(path: folder.ledger, reason: "it is another program's SQLite database")
        #expect(openingError(folder.ledger) == error)
        #expect(readingError(folder.ledger) == error)
        #expect(try Data(contentsOf: URL(filePath: folder.ledger)) == before)
        #expect(try folder.names == ["users.csv.ledger"])
    }

    @Test("a database that another program has only signed is refused", arguments: ["application_id", "user_version"])
    func signedDatabase(pragma: String) throws {
        try execute(folder.ledger, "PRAGMA \(pragma) = 5")
        #expect(
            openingError(folder.ledger)
                == .notALedger(path: folder.ledger, reason: "it is another program's SQLite database")
        )
    }

    @Test("a ledger of a later version is refused and unchanged")
    func newerSchema() throws {
        try openRun(folder.ledger).finish()
        try execute(folder.ledger, "PRAGMA user_version = 700")
        let before = try Data(contentsOf: URL(filePath: folder.ledger))
        let error = LedgerError.newerSchema(path: folder.ledger, found: 700, supported: LedgerSchema.version)
        #expect(openingError(folder.ledger) == error)
        #expect(readingError(folder.ledger) == error)
        #expect(try Data(contentsOf: URL(filePath: folder.ledger)) == before)
    }

    @Test("a ledger with overwritten pages is damaged")
    func damagedPages() throws {
        let ledger = try openRun(folder.ledger)
        _ = try ledger.admitUnfinished((0..<500).map { candidate($0) })
        try ledger.finish()
        let file = try FileHandle(forUpdating: URL(filePath: folder.ledger))
        let size = try file.seekToEnd()
        try file.seek(toOffset: 4096)
        try file.write(contentsOf: Data(repeating: 0xA5, count: Int(size) - 4096))
        try file.close()
        let error = LedgerError.damaged(path: folder.ledger, reason: "the database is malformed")
        #expect(openingError(folder.ledger) == error)
        #expect(throws: error) { try SQLiteLedgerReader(path: folder.ledger).counts() }
    }

    @Test("a ledger without its salt or with a state of no meaning is damaged")
    func damagedValues() throws {
        let ledger = try openRun(folder.ledger)
        _ = try ledger.ticket(candidate(1))
        try ledger.finish()
        let error = LedgerError.damaged(path: folder.ledger, reason: "a value in it cannot be read")
        try execute(folder.ledger, "UPDATE links SET state = 99")
        let reader = try SQLiteLedgerReader(path: folder.ledger)
        #expect(throws: error) { try reader.counts() }
        #expect(throws: error) { try reader.forEachResult { _ in } }
        #expect(throws: error) { try reader.lookUp([candidate(1)]) }
        try execute(folder.ledger, "DELETE FROM meta")
        #expect(openingError(folder.ledger) == error)
    }

    @Test("a folder is no ledger")
    func directory() throws {
        #expect(openingError(folder.path) == .notALedger(path: folder.path, reason: "it is a folder"))
        #expect(readingError(folder.path) == .notALedger(path: folder.path, reason: "it is not a regular file"))
    }

    @Test("a device or a pipe is no ledger, and is not waited for")
    func pipe() throws {
        let path = folder.path("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        #expect(openingError(path) == .notALedger(path: path, reason: "it is not a regular file"))
        #expect(readingError(path) == .notALedger(path: path, reason: "it is not a regular file"))
    }

    @Test("a folder that is missing is named as the reason")
    func missingFolder() throws {
        let path = folder.path("missing/x.ledger")
        #expect(openingError(path) == .cannotCreate(path: path, reason: "no such file or directory"))
    }

    @Test("a missing ledger cannot be read, and is not made by trying")
    func missingFile() throws {
        #expect(
            readingError(folder.ledger) == .cannotRead(path: folder.ledger, reason: "no such file or directory")
        )
        #expect(try folder.names == [])
    }

    @Test("a folder without permission is named as the reason", .enabled(if: geteuid() != 0))
    func noPermission() throws {
        chmod(folder.path, 0o500)
        defer { chmod(folder.path, 0o700) }
        #expect(openingError(folder.ledger) == .cannotCreate(path: folder.ledger, reason: "permission denied"))
    }

    @Test("a closed ledger can be read in a folder that cannot be written", .enabled(if: geteuid() != 0))
    func readOnlyFolder() throws {
        let ledger = try openRun(folder.path("50% #1?.ledger"))
        _ = try ledger.ticket(candidate(1))
        try ledger.finish()
        chmod(folder.path("50% #1?.ledger"), 0o400)
        chmod(folder.path, 0o500)
        defer { chmod(folder.path, 0o700) }
        #expect(try SQLiteLedgerReader(path: folder.path("50% #1?.ledger")).counts() == [.intended: 1])
    }

    @Test("a killed run's log is not passed over because a link leads to its ledger", .enabled(if: geteuid() != 0))
    func readOnlyFolderBehindLink() throws {
        let ledger = try openRun(folder.ledger)
        _ = try ledger.ticket(candidate(1))
        let image = try folder.crashImage()
        let link = folder.path("link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: image.ledger)
        chmod(image.path, 0o500)
        defer { chmod(image.path, 0o700) }
        #expect(readingError(link) == .cannotRead(path: link, reason: "a file beside it cannot be opened"))
    }
}
