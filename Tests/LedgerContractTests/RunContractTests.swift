import Foundation
import Ledger
import LedgerTestKit
import Testing

@Suite("Every store: the runs of a ledger")
struct RunContractTests {
    @Test("are listed with how they ended, and stand so in the public view", arguments: StoreCase.all)
    func runs(over store: StoreCase) throws {
        try store { store in
            var ledger = try store.location.open(now: { moment })
            try ledger.begin("run-1", rows: 9)
            try ledger.endRun(RunEnd(rows: 12, sha256: "00ff", exitCode: 3, stoppedBy: "limit"))
            try ledger.beginRun(RunStart(.undoing, id: "undo-1", source: "undo", inputName: "undo"))
            try ledger.close()
            ledger = try store.openRun("run-3", "others")
            let reader = try store.location.reader()
            var runs = try reader.runs()
            #expect(runs.map { $0.endedAt != nil } == [true, false, false])
            let seen = try store.rows("SELECT * FROM runs")
            #expect(seen.map { $0["started_at"] } == runs.map(\.startedAt))
            #expect(
                seen[0].filter { !$0.key.hasSuffix("_at") } == [
                    "run_id": "run-1", "source": "users.csv", "source_sha256": "00ff", "rows": "12", "exit_code": "3",
                    "stopped_by": "limit",
                ]
            )
            for index in runs.indices { (runs[index].startedAt, runs[index].endedAt) = ("", nil) }
            #expect(
                runs == [
                    RunRecord(
                        kind: .linking,
                        runID: "run-1",
                        startedAt: "",
                        source: "users.csv",
                        sourceSHA256: "00ff",
                        rows: 12,
                        exitCode: 3,
                        stoppedBy: "limit"
                    ),
                    RunRecord(kind: .undoing, runID: "undo-1", startedAt: "", source: "undo"),
                    RunRecord(kind: .linking, runID: "run-3", startedAt: "", source: "others.csv"),
                ]
            )
            #expect(try reader.inputNames() == ["/data/users.csv", "undo", "/data/others.csv"])
            #expect(try reader.kinds() == [.linking, .undoing])
            #expect(try reader.environments() == [environment])
            reader.close()
            try ledger.finish()
        }
    }

    @Test("keep what was suspicious about their input", arguments: StoreCase.all)
    func warnings(over store: StoreCase) throws {
        let warnings = [
            RunWarning(kind: "damaged-ids", count: 3, firstLine: 7),
            RunWarning(kind: "reserved-names", count: 2, firstLine: nil, names: ["id", "created at"]),
        ]
        try store { store in
            let ledger = try store.openRun()
            try ledger.endRun(RunEnd(rows: 1, sha256: nil, exitCode: 0, stoppedBy: nil, warnings: warnings))
            try ledger.close()
            let reader = try store.location.reader()
            #expect(try reader.warnings(ofRun: "run-1") == warnings)
            #expect(try reader.warnings(ofRun: "run-2") == [])
            reader.close()
        }
    }

    @Test("tell how many rows of an input the last one has linked that has read all of it", arguments: StoreCase.all)
    func linkedRows(over store: StoreCase) throws {
        try store { store in
            let ledger = try store.location.open(now: { moment })
            let runs: [(String, InputPart, Int?)] = [
                ("a", .whole, 5), ("b", .whole, 70), ("a", .whole, 6), ("a", .whole, nil), ("a", .retry, 2),
            ]
            for (number, run) in runs.enumerated() {
                try ledger.begin("run-\(number)", run.0, part: run.1)
                let counts = run.2.map { InputCounts(linked: $0, repeated: 0, unsent: 0) }
                try ledger.endRun(RunEnd(rows: 9, sha256: nil, exitCode: 0, stoppedBy: nil, counts: counts))
            }
            try ledger.close()
            let reader = try store.location.reader()
            #expect(try reader.linkedRows(ofInput: "/data/a.csv", environment: environment.uppercased()) == 6)
            #expect(try reader.linkedRows(ofInput: "/data/b.csv", environment: environment) == 70)
            #expect(try reader.linkedRows(ofInput: "/data/c.csv", environment: environment) == 0)
            #expect(try reader.linkedRows(ofInput: "/data/a.csv", environment: provider) == 0)
            reader.close()
        }
    }

    @Test("tell each input as its last run saw it, and which rows are gone from it", arguments: StoreCase.all)
    func inputs(over store: StoreCase) throws {
        try store { store in
            let ledger = try store.openRun()
            try ledger.settle(candidate(1), Settlement(state: .linked))
            try ledger.settle(candidate(2), Settlement(state: .rejected))
            try ledger.settle(candidate(3), Settlement(state: .rejected))
            try ledger.settle(candidate(4), Settlement(state: .unsettled, doubt: .linking))
            try ledger.recordInvalid([InvalidRow(line: 6, content: 1, errorCode: "r", errorDetail: "t")])
            try ledger.end(rows: 8, linked: 1, repeated: 1, unsent: 2)
            // Row 3 has gone from the input; row 4 too, but nobody knows what became of it.
            try ledger.begin("run-2")
            try ledger.recordInvalid([InvalidRow(line: 6, content: 1, errorCode: "r", errorDetail: "t")])
            if let known = try ledger.lookUp([candidate(2)])[0] { ledger.noteSeen(known) }
            try ledger.end(rows: 4, linked: 1, unsent: 1)
            try ledger.begin("run-3", "others", rows: 10)
            try ledger.settle(candidate(5), Settlement(state: .linked))
            try ledger.close()
            let reader = try store.location.reader()
            let (records, gone) = try reader.inputs()
            #expect(
                records.map(\.counts) == [[.linked: 1, .rejected: 1, .unsettled: 1, .invalid: 1], [.linked: 1]]
            )
            #expect(records.map(\.gone) == [[.rejected: 1], [:]])
            #expect(records.map(\.unsent) == [1, 9])
            #expect(records.map(\.source) == ["users.csv", "others.csv"])
            #expect(records.map(\.host) == ["api.example.com", "api.example.com"])
            #expect(records.map(\.environmentID) == [environment, environment])
            let goneRows = try reader.results().filter { $0.ticket.map(gone.contains) ?? false }
            #expect(goneRows.map(\.line) == [4])
            reader.close()
        }
    }

    @Test("count a link that is removed, or may be, once", arguments: StoreCase.all)
    func takenBack(over store: StoreCase) throws {
        try store { store in
            let ledger = try store.openRun()
            for number in 1...3 {
                let made = Settlement(state: .linked, evidence: .reply, linkedAccountID: "link-\(number)")
                try ledger.settle(candidate(number), made)
            }
            try ledger.end(rows: 3, linked: 3)
            try ledger.beginRun(RunStart(.undoing, id: "undo-1", source: "undo", inputName: "undo"))
            let rows = try ledger.beginUndoing(UndoChoice(environment: environment), after: nil, count: 2)
            ledger.endUndoing(try #require(rows[0].ticket), as: .undone) { _ in }
            try ledger.close()
            let reader = try store.location.reader()
            #expect(try reader.inputs().records.map(\.counts) == [[.linked: 1, .undone: 1, .unsettled: 1]])
            reader.close()
        }
    }

    @Test("tell how long answers took, how many rows they settled and how fast they were", arguments: StoreCase.all)
    func activity(over store: StoreCase) throws {
        try store { store in
            let ledger = try store.openRun()
            for (number, latency) in [12, 30, 12].enumerated() {
                let settlement = Settlement(state: .linked, latency: .milliseconds(latency))
                try ledger.settle(candidate(number + 1), settlement)
            }
            _ = try ledger.ticket(candidate(9))
            let sample = PaceSample(at: moment, rate: 12.5, pause: moment...moment, requests: 30, throttled: 2)
            ledger.note(sample)
            try ledger.finish()
            let reader = try store.location.reader()
            let activity = try reader.activity()
            reader.close()
            #expect(activity.latencies == [12: 2, 30: 1])
            #expect(activity.runs.map(\.runID) == ["run-1"])
            #expect(activity.runs[0].settled.reduce(0, +) == 3)
            #expect(activity.runs[0].pace == [sample])
        }
    }
}
