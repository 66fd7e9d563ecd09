import Foundation
import Ledger
import LedgerTestKit
import TestKit
import Testing

@testable import SQLiteLedger

@Suite("What the runs of a ledger did")
struct RunActivityTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private static let start: Int64 = 1_772_337_906_000

    /// Writes runs and rows as they would stand after hours of work. `runs`: start and end in milliseconds after the
    /// first start; `rows`: the run, the state, when it was settled and how long that took.
    private func make(
        runs: [(Int64, Int64?)],
        rows: [(run: Int, state: LinkState, at: Int64, latency: Int?)]
    ) throws {
        try SQLiteLedger.open(at: folder.ledger, now: { moment }).close()
        var sql = """
            INSERT INTO environments VALUES (1, '\(environment)');
            INSERT INTO identity_providers VALUES (1, '\(provider)');

            """
        for (number, run) in runs.enumerated() {
            let end = run.1.map { String($0 + Self.start) } ?? "NULL"
            sql += """
                INSERT INTO run_records (run_id, started_ms, ended_ms, source, input)
                VALUES ('run-\(number + 1)', \(run.0 + Self.start), \(end), 'users.csv', 1);

                """
        }
        for (number, row) in rows.enumerated() {
            sql += """
                INSERT INTO links (key_hash, environment, provider, user_id, external_id, content, line, run, state,
                    updated_ms, attempts, posts, latency_ms)
                VALUES (\(number), 1, 1, 'u', '\(number)', 1, \(number + 2), \(row.run), \(row.state.code),
                    \(row.at + Self.start), 1, 1, \(row.latency.map(String.init) ?? "NULL"));

                """
        }
        try execute(folder.ledger, sql)
    }

    private func activity() throws -> LedgerActivity {
        try SQLiteLedgerReader(path: folder.ledger).activity()
    }

    private func date(_ milliseconds: Int64) -> Date { Date(millisecondsSince1970: Self.start + milliseconds) }

    @Test("rows stand in the ticks in which they were settled, half a second each in a short run")
    func shortRun() throws {
        try make(
            runs: [(0, 1000)],
            rows: [
                (1, .linked, 0, 12), (1, .linked, 249, 12), (1, .rejected, 250, 30), (1, .failed, 999, nil),
                (1, .alreadyLinked, 1000, nil), (1, .intended, 500, nil), (1, .undone, 500, 7),
            ]
        )
        #expect(
            try activity()
                == LedgerActivity(
                    runs: [
                        RunActivity(
                            runID: "run-1",
                            startedAt: date(0),
                            endedAt: date(1000),
                            tick: .milliseconds(500),
                            settled: [3, 1, 1]
                        )
                    ],
                    latencies: [12: 2, 30: 1, 7: 1]
                )
        )
    }

    @Test("a night has no more ticks than a chart can show, and every row is in one of them")
    func longRun() throws {
        let hour: Int64 = 3_600_000
        try make(runs: [(0, 9 * hour)], rows: (0..<900).map { (1, .linked, Int64($0) * hour / 100, 20) })
        let run = try activity().runs[0]
        #expect(run.tick == .milliseconds(202_500))
        #expect(run.settled.count == 161)
        #expect(run.settled.reduce(0, +) == 900)
        #expect(run.settled.dropLast().allSatisfy { (5...6).contains($0) })
    }

    @Test("a killed run lasts until its last sign of life, also where that is later than a chart has half seconds")
    func killedRun() throws {
        try make(
            runs: [(0, nil), (90_000_000, 90_000_500)],
            rows: [
                (1, .linked, 100, 5), (1, .linked, 80_000_000, 5),
                // An undo looked at it and left it as it is.
                (1, .linked, 95_000_000, 5),
                (2, .linked, 90_000_100, 5),
            ]
        )
        try execute(
            folder.ledger,
            """
            INSERT INTO pace (id, run, at_ms, rate, requests, throttled)
            VALUES (1, 1, \(Self.start + 80_000_100), 10, 1, 0)
            """
        )
        let runs = try activity().runs
        #expect(runs[0].endedAt == date(80_000_100))
        #expect(runs[0].settled.count <= 161)
        #expect(runs[0].settled.reduce(0, +) == 2)
        #expect(runs[0].settled.first == 1)
        #expect(runs[0].settled.last == 1)
        #expect(runs[1].settled == [1, 0])
    }

    @Test("a run without rows, and none at all")
    func nothing() throws {
        try make(runs: [(0, 0)], rows: [])
        #expect(try activity().runs.map(\.settled) == [[0]])
        #expect(try activity().latencies == [:])
        try execute(folder.ledger, "DELETE FROM run_records")
        #expect(try activity() == LedgerActivity(runs: [], latencies: [:]))
    }

    @Test(
        "times with which nobody can reckon are a damaged ledger",
        arguments: [
            "UPDATE run_records SET started_ms = -9223372036854775808",
            "UPDATE run_records SET ended_ms = 9223372036854775807",
            "UPDATE run_records SET started_ms = 9223372036854775807",
        ]
    )
    func damaged(change: String) throws {
        try make(runs: [(0, 1000)], rows: [(1, .linked, 10, 1)])
        try execute(folder.ledger, change)
        #expect(throws: LedgerError.damaged(path: folder.ledger, reason: "a value in it cannot be read")) {
            try activity()
        }
    }

    @Test("a row with a time that cannot be is in no tick", arguments: [Int64.min, -1, Int64.max])
    func damagedRow(time: Int64) throws {
        try make(runs: [(0, 1000)], rows: [(1, .linked, 10, 1), (1, .linked, 20, 1)])
        try execute(folder.ledger, "UPDATE links SET updated_ms = \(time) WHERE id = 2")
        #expect(try activity().runs[0].settled.reduce(0, +) == 1)
    }

    @Test("an end before the start, as of a clock that was set back, is no length")
    func setBack() throws {
        try make(runs: [(5000, 1000)], rows: [(1, .linked, 5000, 1)])
        let run = try activity().runs[0]
        #expect(run.startedAt == run.endedAt)
        #expect(run.settled.count == 1)
    }
}
