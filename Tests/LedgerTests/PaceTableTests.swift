import Foundation
import Ledger
import LedgerTestKit
import SQLiteTestKit
import TestKit
import Testing

@testable import SQLiteLedger

@Suite("The pace of a run")
struct PaceTableTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func pace() throws -> [[PaceSample]] {
        try SQLiteLedgerReader(path: folder.ledger).activity().runs.map(\.pace)
    }

    @Test("is kept with the run that goes on, in the order in which it was seen")
    func samples() throws {
        let ledger = try openRun(folder.ledger)
        let samples = [
            PaceSample(at: moment, rate: 10, requests: 0, throttled: 0),
            PaceSample(
                at: moment.addingTimeInterval(2),
                rate: 12.5,
                pause: moment.addingTimeInterval(1.5)...moment.addingTimeInterval(4),
                requests: 30,
                throttled: 2
            ),
        ]
        for sample in samples { ledger.note(sample) }
        try ledger.flush()
        #expect(try pace() == [samples])
        try ledger.endRun(RunEnd(rows: nil, sha256: nil, exitCode: 0, stoppedBy: nil))
        try ledger.beginRun(RunStart(id: "run-2", source: "users.csv", inputName: "/data/users.csv"))
        ledger.note(samples[0])
        try ledger.finish()
        #expect(try pace() == [samples, [samples[0]]])
    }

    @Test("outside of a run is nobody's, and after the ledger is closed nothing happens")
    func outside() throws {
        let ledger = try SQLiteLedger.open(at: folder.ledger, now: { moment })
        ledger.note(PaceSample(at: moment, rate: 10, requests: 0, throttled: 0))
        try ledger.close()
        ledger.note(PaceSample(at: moment, rate: 10, requests: 0, throttled: 0))
        #expect(try pace() == [])
        #expect(try rows(folder.ledger, "SELECT * FROM pace") == [])
    }

    @Test("a rate that is no number is an error like that of any other write")
    func notANumber() throws {
        let ledger = try openRun(folder.ledger)
        ledger.note(PaceSample(at: moment, rate: .nan, requests: 0, throttled: 0))
        #expect(throws: LedgerError.self) { try ledger.flush() }
    }
}
