import Foundation
import ImportTestKit
import Ledger
import Pacing
import PingOneSimulator
import SQLiteLedger
import TestKit
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("The rate with which a run begins", .serialized)
struct WarmUpTests {
    /// The rate of a run whose ledger has an earlier one.
    private func rate(
        held: Double,
        daysAgo: Double = 1,
        environment: String = SampleIDs.environment,
        setting: RateSetting = .auto(max: nil)
    ) async throws -> Double {
        let bench = try await ImportBench()
        let ledger = try SQLiteLedger.open(at: bench.ledgerPath, now: { Date() })
        let place = RunPlace(environment: environment, host: "api.example.com")
        try ledger.beginRun(RunStart(id: "earlier", source: "in.csv", inputName: "in.csv", place: place))
        let moment = Date().addingTimeInterval(-daysAgo * 86_400)
        ledger.note(PaceSample(at: moment, rate: 90, requests: 9, throttled: 1, held: held, heldIsLimit: true))
        try ledger.endRun(RunEnd(rows: 9, sha256: nil, exitCode: 0, stoppedBy: nil))
        var settings = ImportBench.Settings()
        settings.rate = setting
        let session = try bench.session(settings)
        try session.begin(over: ledger)
        try ledger.close()
        await bench.simulator.stop()
        return session.pacer.snapshot.rate
    }

    @Test("is just below what the last one in this environment has held within a week")
    func warm() async throws {
        #expect(try await (75..<80).contains(rate(held: 80)))
        #expect(try await (75..<80).contains(rate(held: 80, environment: SampleIDs.environment.uppercased())))
    }

    @Test("is the usual one after more than a week, and after a run in another environment")
    func cold() async throws {
        #expect(try await rate(held: 80, daysAgo: 8) == 10)
        #expect(try await rate(held: 80, environment: SampleIDs.provider) == 10)
    }

    @Test("is what the user says where that is less or fixed")
    func bounded() async throws {
        #expect(try await rate(held: 80, setting: .auto(max: 20)) == 20)
        #expect(try await rate(held: 80, setting: .fixed(33)) == 33)
    }

    @Test("an import begins with it")
    func imports() async throws {
        let bench = try await ImportBench()
        let auto: (inout ImportBench.Settings) -> Void = { $0.rate = .auto(max: nil) }
        let ledger = try SQLiteLedger.open(at: bench.ledgerPath, now: { Date() })
        let place = RunPlace(environment: SampleIDs.environment, host: "api.example.com")
        try ledger.beginRun(RunStart(id: "earlier", source: "in.csv", inputName: "in.csv", place: place))
        ledger.note(PaceSample(at: Date(), rate: 90, requests: 9, throttled: 1, held: 80, heldIsLimit: true))
        try ledger.endRun(RunEnd(rows: 9, sha256: nil, exitCode: 0, stoppedBy: nil))
        try ledger.close()
        _ = try await bench.run(SampleCSV.rows(1...3), auto)
        let reader = try SQLiteLedgerReader(path: bench.ledgerPath)
        defer { reader.close() }
        let first = try #require(try reader.activity().runs.last?.pace.first)
        #expect((75..<80).contains(first.rate))
        await bench.simulator.stop()
    }
}
