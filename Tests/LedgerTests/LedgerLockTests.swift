import Dispatch
import Foundation
import Ledger
import LedgerTestKit
import SQLiteTestKit
import Synchronization
import TestKit
import Testing

@testable import SQLiteLedger

@Suite("One run at a time has the file of a ledger")
struct LedgerLockTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("a second run in this process is refused at once and told who holds the ledger")
    func sameProcess() throws {
        let ledger = try openRun(folder.ledger)
        let held = LedgerError.held(path: folder.ledger, processID: getpid(), since: moment)
        #expect(openingError(folder.ledger) == held)
        #expect(
            openingError("\(folder.path)/../\(folder.path.split(separator: "/").last ?? "")/users.csv.ledger") != nil
        )
        try ledger.finish()
        #expect(openingError(folder.ledger) == nil)
    }

    @Test("an empty file that others may read becomes a ledger that only its owner may read; a ledger keeps its mode")
    func modes() throws {
        let files = FileManager.default
        #expect(files.createFile(atPath: folder.ledger, contents: nil, attributes: [.posixPermissions: 0o664]))
        try openRun(folder.ledger).finish()
        #expect(try files.attributesOfItem(atPath: folder.ledger)[.posixPermissions] as? Int == 0o600)
        try files.setAttributes([.posixPermissions: 0o640], ofItemAtPath: folder.ledger)
        #expect(openingError(folder.ledger) == nil)
        #expect(try files.attributesOfItem(atPath: folder.ledger)[.posixPermissions] as? Int == 0o640)
    }

    @Test("a run in another process is refused without changing the ledger; kill -9 frees the lock")
    func otherProcess() throws {
        let live = try openRun(folder.ledger)
        _ = try live.ticket(candidate(1))
        let image = try folder.crashImage()
        let other = try OtherProcess("hold_ledger", [image.ledger])
        #expect(other.waitForLine() == "locked\n")

        let before = try Data(contentsOf: URL(filePath: image.ledger))
        #expect(openingError(image.ledger) == .held(path: image.ledger, processID: getpid(), since: moment))
        #expect(try Data(contentsOf: URL(filePath: image.ledger)) == before)

        other.kill()
        #expect(openingError(image.ledger) == nil)
    }

    @Test("a run that has only just begun holds the ledger too, although nobody can tell who it is")
    func holderUnknown() throws {
        try Data().write(to: URL(filePath: folder.ledger))
        let other = try OtherProcess("hold_ledger", [folder.ledger])
        #expect(other.waitForLine() == "locked\n")
        #expect(openingError(folder.ledger) == .held(path: folder.ledger, processID: nil, since: nil))
        #expect(try Data(contentsOf: URL(filePath: folder.ledger)).isEmpty)
    }

    @Test("of many that open a new ledger at once exactly one gets it")
    func race() {
        let path = folder.ledger
        let outcomes = Mutex<(opened: [any Ledger], refused: Int)>(([], 0))
        DispatchQueue.concurrentPerform(iterations: 12) { _ in
            do throws(LedgerError) {
                let ledger = try SQLiteLedger.open(at: path, now: { moment })
                outcomes.withLock { $0.opened.append(ledger) }
            } catch {
                if case .held = error { outcomes.withLock { $0.refused += 1 } }
            }
        }
        outcomes.withLock { outcomes in
            #expect(outcomes.opened.count == 1)
            #expect(outcomes.refused == 11)
        }
    }

    @Test("a refused attempt in this process does not take SQLite's locks away from the run that goes on")
    func refusalKeepsSQLiteLocks() throws {
        let ledger = try openRun(folder.ledger)
        _ = try ledger.ticket(candidate(1))
        #expect(openingError(folder.ledger) != nil)

        // A client that closes the last connection removes the write-ahead log. It must see that it is not the last.
        let other = try OtherProcess("count_results", [folder.ledger])
        #expect(other.waitForLine() == "1\n")
        other.waitUntilExit()
        #expect(try folder.names == ["users.csv.ledger", "users.csv.ledger-shm", "users.csv.ledger-wal"])
        _ = try ledger.ticket(candidate(2))
        #expect(try results(folder.ledger).count == 2)
    }

    @Test("a copy of the descriptor, as a child process has until it executes its program, does not keep the lock")
    func copiedDescriptor() throws {
        let lock = try LedgerLock(path: folder.ledger)
        let copies = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { name in
            let isLedger = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")) == file
            return isLedger ? Int32(name).map { dup($0) } : nil
        }
        #expect(!copies.isEmpty)
        defer { for copy in copies { close(copy) } }
        lock.release()
        try LedgerLock(path: folder.ledger).release()
    }

    private var file: String {
        URL(filePath: folder.ledger).resolvingSymlinksInPath().path
    }

    @Test("a child process does not inherit the lock")
    func childProcess() throws {
        let ledger = try openRun(folder.ledger)
        // Not `Process`, which closes all descriptors in the child by itself.
        var child: pid_t = 0
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("1000"), nil]
        defer { arguments.forEach { free($0) } }
        try #require(posix_spawnp(&child, "sleep", nil, nil, &arguments, environ) == 0)
        defer {
            kill(child, SIGKILL)
            waitpid(child, nil, 0)
        }
        try ledger.finish()
        #expect(openingError(folder.ledger) == nil)
    }
}
