import Foundation
import Ledger
import LedgerTestKit
import TestKit
import Testing

@testable import SQLiteLedger

@Suite("What runs have held")
struct HeldRatesTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// A run for each list of samples.
    private func ledger(_ runs: [[(held: Double?, isLimit: Bool)]], in place: String = environment) throws
        -> SQLiteLedger
    {
        let ledger = try SQLiteLedger.open(at: folder.ledger, now: { moment })
        for (number, samples) in runs.enumerated() {
            try ledger.beginRun(
                RunStart(
                    id: "run-\(number)",
                    source: "users.csv",
                    inputName: "/data/users.csv",
                    place: RunPlace(environment: place, host: "api.example.com")
                )
            )
            for sample in samples {
                ledger.note(
                    PaceSample(
                        at: moment,
                        rate: 10,
                        requests: 0,
                        throttled: 0,
                        held: sample.held,
                        heldIsLimit: sample.isLimit
                    )
                )
            }
            try ledger.endRun(RunEnd(rows: nil, sha256: nil, exitCode: 0, stoppedBy: nil))
        }
        return ledger
    }

    private func held(_ ledger: SQLiteLedger, since: Date = moment.addingTimeInterval(-60)) throws -> HeldRates? {
        try ledger.heldRates(inEnvironment: environment.uppercased(), since: since)
    }

    @Test("is that of the last run which was long enough, as it was at its end")
    func last() throws {
        let ledger = try ledger([[(70, true), (90, true)], [(nil, false)]])
        #expect(try held(ledger) == HeldRates(last: 90, limit: 90))
    }

    @Test("knows the limit from an earlier run, when the last one was refused nothing")
    func limit() throws {
        #expect(try held(ledger([[(90, true)], [(50, false)]])) == HeldRates(last: 50, limit: 90))
    }

    @Test("has no limit where nothing was refused")
    func noLimit() throws {
        #expect(try held(ledger([[(50, false)]])) == HeldRates(last: 50))
    }

    @Test("is nothing in a new ledger, for another environment, and when it was too long ago")
    func nothing() throws {
        try ledger([]).close()
        let ledger = try ledger([[(90, true)]], in: "00000000-0000-4000-8000-000000000000")
        #expect(try held(ledger) == nil)
        let place = "00000000-0000-4000-8000-000000000000"
        #expect(try ledger.heldRates(inEnvironment: place, since: moment) == HeldRates(last: 90, limit: 90))
        #expect(try ledger.heldRates(inEnvironment: place, since: moment.addingTimeInterval(1)) == nil)
    }
}
