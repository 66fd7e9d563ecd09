import Foundation
import Testing

@testable import Ledger

@Suite("Whether a run goes on")
struct LiveRunTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private var liveRun: String? { LedgerReader.liveRunID(inLedger: folder.file()) }

    /// Takes the lock as another run would, says so, and keeps it until it is killed.
    private static let holdLock = """
        import fcntl, sys
        file = open(sys.argv[1], "r+b")
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        print("locked", flush=True)
        sys.stdin.read()
        """

    @Test("one that this process is at does, until it has ended")
    func here() throws {
        let ledger = try openRun(folder.file())
        #expect(liveRun == "run-1")
        try ledger.endRun(rows: nil, sha256: nil, exitCode: 0, stoppedBy: nil)
        #expect(liveRun == nil)
        try ledger.close()
        #expect(liveRun == nil)
    }

    @Test("one that another process is at does, and ends when that is killed")
    func elsewhere() throws {
        let ledger = try openRun(folder.file())
        let image = try folder.crashImage()
        try ledger.finish()
        #expect(LedgerReader.liveRunID(inLedger: image.file()) == nil)
        let other = try OtherProcess(script: Self.holdLock, arguments: [image.file()])
        #expect(other.waitForLine() == "locked\n")
        #expect(LedgerReader.liveRunID(inLedger: image.file()) == "run-1")
        other.kill()
        #expect(LedgerReader.liveRunID(inLedger: image.file()) == nil)
    }

    @Test("a run that was killed does not, also while a verification has the ledger")
    func killedBefore() throws {
        let ledger = try openRun(folder.file())
        let image = try folder.crashImage()
        try ledger.finish()
        let verifying = try Ledger.open(at: image.file(), now: { moment.addingTimeInterval(1) })
        #expect(LedgerReader.liveRunID(inLedger: image.file()) == nil)
        try verifying.beginRun(.undoing, id: "run-2", source: "undo", inputName: "undo")
        #expect(LedgerReader.liveRunID(inLedger: image.file()) == "run-2")
        try verifying.finish()
    }

    @Test("asking takes no lock away, neither from a run that goes on nor for one that begins")
    func leavesLocks() throws {
        let ledger = try openRun(folder.file())
        _ = liveRun
        #expect(openingError(folder.file()) != nil)
        try ledger.finish()
        _ = liveRun
        #expect(openingError(folder.file()) == nil)
    }

    @Test("what is no ledger is nobody's", arguments: ["missing", "folder", "text"])
    func noLedger(kind: String) throws {
        switch kind {
        case "folder":
            try FileManager.default.createDirectory(atPath: folder.file(), withIntermediateDirectories: false)
        case "text": try Data("hello".utf8).write(to: URL(filePath: folder.file()))
        default: break
        }
        #expect(liveRun == nil)
    }
}
