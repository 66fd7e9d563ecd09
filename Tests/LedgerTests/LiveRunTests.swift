import Foundation
import Ledger
import LedgerTestKit
import SQLiteTestKit
import TestKit
import Testing

@testable import SQLiteLedger

@Suite("Whether a run goes on")
struct LiveRunTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private var liveRun: String? { SQLiteFile(folder.ledger).liveRuns().first?.runID }

    @Test("one that this process is at does, until it has ended")
    func here() throws {
        let ledger = try openRun(folder.ledger)
        #expect(liveRun == "run-1")
        try ledger.endRun(RunEnd(rows: nil, sha256: nil, exitCode: 0, stoppedBy: nil))
        #expect(liveRun == nil)
        try ledger.close()
        #expect(liveRun == nil)
    }

    @Test("one that another process is at does, and ends when that is killed")
    func elsewhere() throws {
        let ledger = try openRun(folder.ledger)
        let image = try folder.crashImage()
        try ledger.finish()
        #expect(SQLiteFile(image.ledger).liveRuns().first?.runID == nil)
        let other = try OtherProcess("hold_ledger", [image.ledger])
        #expect(other.waitForLine() == "locked\n")
        #expect(SQLiteFile(image.ledger).liveRuns().first?.runID == "run-1")
        other.kill()
        #expect(SQLiteFile(image.ledger).liveRuns().first?.runID == nil)
    }

    @Test("a run that was killed does not, also while a verification has the ledger")
    func killedBefore() throws {
        let ledger = try openRun(folder.ledger)
        let image = try folder.crashImage()
        try ledger.finish()
        let verifying = try SQLiteLedger.open(at: image.ledger, now: { moment.addingTimeInterval(1) })
        #expect(SQLiteFile(image.ledger).liveRuns().first?.runID == nil)
        try verifying.beginRun(RunStart(.undoing, id: "run-2", source: "undo", inputName: "undo"))
        #expect(SQLiteFile(image.ledger).liveRuns().first?.runID == "run-2")
        try verifying.finish()
    }

    @Test("asking takes no lock away, neither from a run that goes on nor for one that begins")
    func leavesLocks() throws {
        let ledger = try openRun(folder.ledger)
        _ = liveRun
        #expect(openingError(folder.ledger) != nil)
        try ledger.finish()
        _ = liveRun
        #expect(openingError(folder.ledger) == nil)
    }

    @Test("what is no ledger is nobody's", arguments: ["missing", "folder", "text"])
    func noLedger(kind: String) throws {
        switch kind {
        case "folder":
            try FileManager.default.createDirectory(atPath: folder.ledger, withIntermediateDirectories: false)
        case "text": try Data("hello".utf8).write(to: URL(filePath: folder.ledger))
        default: break
        }
        #expect(liveRun == nil)
    }
}
