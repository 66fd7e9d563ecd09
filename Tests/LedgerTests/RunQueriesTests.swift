import Ledger
import LedgerTestKit
import TestKit
import Testing

@testable import SQLiteLedger

@Suite("What is asked about the runs of a ledger")
struct RunQueriesTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Runs over inputs of these names, each with so many rows linked at its end; nil for one that was not read to its end.
    private func ledger(_ runs: [(input: String, part: InputPart, linked: Int?)]) throws -> SQLiteLedger {
        let ledger = try SQLiteLedger.open(at: folder.ledger, now: { moment })
        for (number, run) in runs.enumerated() {
            let place = RunPlace(environment: environment, host: "api.example.com")
            try ledger.beginRun(
                RunStart(id: "run-\(number)", source: "x", inputName: run.input, part: run.part, place: place)
            )
            let counts = run.linked.map { InputCounts(linked: $0, repeated: 0, unsent: 0) }
            try ledger.endRun(RunEnd(rows: 9, sha256: nil, exitCode: 0, stoppedBy: nil, counts: counts))
        }
        return ledger
    }

    @Test("how many rows of an input are linked is what its last run has seen that read all of it")
    func linkedRows() throws {
        let ledger = try ledger([
            ("/a.csv", .whole, 5), ("/b.csv", .whole, 70), ("/a.csv", .whole, 6), ("/a.csv", .whole, nil),
            ("/a.csv", .retry, 2),
        ])
        #expect(try ledger.linkedRows(ofInput: "/a.csv", environment: environment.uppercased()) == 6)
        #expect(try ledger.linkedRows(ofInput: "/b.csv", environment: environment) == 70)
        #expect(try ledger.linkedRows(ofInput: "/c.csv", environment: environment) == 0)
        #expect(try ledger.linkedRows(ofInput: "/a.csv", environment: key(1).userID) == 0)
        try ledger.close()
        let reader = try SQLiteLedgerReader(path: folder.ledger)
        #expect(try reader.linkedRows(ofInput: "/a.csv", environment: environment) == 6)
        reader.close()
    }

    @Test("a run that an older version has ended before the end of its input says nothing of the rows behind")
    func olderCounts() async throws {
        let ledger = try ledger([("/a.csv", .whole, nil)])
        let place = RunPlace(environment: environment, host: "api.example.com")
        try ledger.beginRun(RunStart(id: "first", source: "x", inputName: "/a.csv", place: place))
        try await ledger.settle(try ledger.ticket(candidate(1)), as: Settlement(state: .rejected))
        try ledger.endRun(RunEnd(rows: 2, sha256: nil, exitCode: 1, stoppedBy: nil))
        try ledger.beginRun(RunStart(id: "broken", source: "x", inputName: "/a.csv", place: place))
        let counts = InputCounts(linked: 0, repeated: 0, unsent: 0)
        try ledger.endRun(RunEnd(rows: 0, sha256: nil, exitCode: 65, stoppedBy: "broken-input", counts: counts))
        try ledger.close()
        let reader = try SQLiteLedgerReader(path: folder.ledger)
        #expect(try reader.inputs().gone.isEmpty)
        reader.close()
    }
}
