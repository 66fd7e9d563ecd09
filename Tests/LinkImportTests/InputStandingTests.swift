import Ledger
import PingOneSimulator
import SQLiteLedger
import TestKit
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("How a ledger says that its input stands", .serialized)
struct InputStandingTests {
    private func bench(users: ClosedRange<Int>) async throws -> ImportBench {
        var configuration = SimulatorConfiguration()
        let list = users.map { SampleIDs.user($0) + "\n" }.joined()
        let folder = try TemporaryFolder()
        configuration.users = try withExtendedLifetime(folder) {
            try UserList(path: folder.write("users.txt", list))
        }
        return try await ImportBench(configuration)
    }

    private func standing(_ bench: ImportBench) throws -> InputRecord {
        let (records, gone) = try SQLiteLedgerReader(path: bench.ledgerPath).inputs()
        let record = try #require(records.first)
        #expect(gone.count == record.gone.values.reduce(0, +))
        return record
    }

    @Test("rows that stay rejected are not gone after the next run, whether or not it sends anything")
    func rejected() async throws {
        let bench = try await bench(users: 1...3)
        for number in 1...3 {
            let rows = SampleCSV.rows(number < 3 ? 1...5 : 1...6)
            _ = try await bench.run(rows) { $0.runID = "run-\(number)" }
            let record = try standing(bench)
            #expect(record.counts == [.linked: 3, .rejected: number < 3 ? 2 : 3])
            #expect(record.gone == [:])
        }
        _ = try await bench.run(SampleCSV.rows(1...4)) { $0.runID = "run-4" }
        #expect(try standing(bench).gone == [.rejected: 2])
        await bench.simulator.stop()
    }

    @Test("what was not sent is not forgotten when the rejected rows are imported")
    func unsent() async throws {
        let bench = try await bench(users: 1...3)
        _ = try await bench.run(SampleCSV.rows(1...20)) { $0.limit = 5 }
        #expect(try standing(bench).unsent == 15)
        _ = try await bench.run(file: bench.folder.write("in.csv.rejects.csv", SampleCSV.rows(4...5))) {
            $0.runID = "run-2"
            $0.part = .rejects
        }
        let record = try standing(bench)
        #expect(record.unsent == 15)
        #expect(record.source.hasSuffix("in.csv"))
        #expect(record.counts == [.linked: 3, .rejected: 2])
        await bench.simulator.stop()
    }

    @Test("a stream that was not read to its end says nothing of the rows behind")
    func stream() async throws {
        let bench = try await bench(users: 1...200)
        _ = try await bench.stream(SampleCSV.rows(1...250))
        #expect(try standing(bench).counts == [.linked: 200, .rejected: 50])
        _ = try await bench.stream("userID,externalId\n\(SampleIDs.user(1)),new\n" + SampleCSV.rows(2...250)) {
            $0.runID = "run-2"
            $0.limit = 1
            $0.control.stop(.signal(15))
        }
        #expect(try standing(bench).gone == [:])
        await bench.simulator.stop()
    }

    @Test("a row that may be linked keeps its place and its doubt when it may not be sent")
    func doubt() async throws {
        var configuration = SimulatorConfiguration()
        configuration.settings.faults = try FaultPlan("reset-before=1,only=POST")
        let bench = try await ImportBench(configuration)
        _ = try await bench.run(SampleCSV.rows([1]))
        #expect(try bench.ledgerRows.map(\.state) == [.failed])
        try bench.simulator.change(to: SimulatorSettings())
        let rival = "\(SampleIDs.user(2)),account-1\n"
        let both = try await bench.run(SampleCSV.rows([1]) + rival) { $0.runID = "run-2" }
        #expect(both.counts.unsettled == 1)
        #expect(both.counts.invalid == 1)
        let alone = try await bench.run("userID,externalId\n" + rival) { $0.runID = "run-3" }
        #expect(alone.counts.invalid == 1, "the first user's row may have the account")
        #expect(bench.simulator.links.isEmpty)
        await bench.simulator.stop()
    }
}
