import Ledger
import LedgerTestKit
import Reporting
import SQLiteLedger
import SQLiteTestKit
import TestKit
import Testing

@Suite("What status says about a ledger")
struct LedgerStatusTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private var path: String { folder.path("users.csv.ledger") }

    private static func states(_ counts: KeyValuePairs<String, Int> = [:]) -> String {
        let names = ["linked", "already-linked", "rejected", "invalid", "failed", "unsettled", "intended", "undone"]
        let members = names.map { name in #""\#(name)":\#(counts.first { $0.key == name }?.value ?? 0)"# }
        return "{\(members.joined(separator: ","))}"
    }

    private func status() throws -> LedgerStatus {
        try LedgerStatus(ledger: SQLiteFile(path))
    }

    @Test("a ledger without a run")
    func empty() throws {
        try SQLiteLedger.open(at: path, now: { moment }).close()
        let status = try status()
        #expect(
            status.text == """
                rows by state
                  none
                nothing is left to settle
                runs
                  none
                """
        )
        #expect(
            status.json
                == #"{"states":\#(Self.states()),"unsent":0,"in_flight":0,"to_settle":0,"#
                + #""no_longer_in_input":\#(Self.states()),"inputs":[],"runs":[],"verifications":[]}"#
        )
    }

    @Test("two runs, the second of which goes on")
    func twoRuns() throws {
        let ledger = try openRun(path)
        for number in 1...12 {
            try ledger.settle(candidate(number), as: Settlement(state: .linked, evidence: .reply))
        }
        try ledger.settle(candidate(13), as: Settlement(state: .rejected))
        try ledger.settle(candidate(14), as: Settlement(state: .unsettled))
        try ledger.settle(candidate(15), as: Settlement(state: .undone))
        try ledger.recordInvalid([InvalidRow(line: 17, content: 1, errorCode: "X", errorDetail: "y")])
        try ledger.endRun(RunEnd(rows: 16, sha256: "abc", exitCode: 130, stoppedBy: "signal"))
        try ledger.beginRun(RunStart(id: "run-2", source: "more \"users\".csv", inputName: "/data/more.csv"))
        _ = try ledger.admit([candidate(20)]) { _, _ in true }

        let status = try status()
        #expect(status.toSettle == 1)
        #expect(
            status.text == """
                users.csv: rows by state
                  12 linked
                   1 rejected
                   1 invalid
                   1 unsettled
                   1 undone
                more "users".csv: rows by state
                  1 intended
                1 row in flight
                left to settle: 1 (run the same command again: the links are read first)
                runs
                  run-1  \(momentText)  users.csv  16 rows  exit code 130 (signal)
                  run-2  \(momentText)  more "users".csv  going on
                """
        )
        let first = Self.states(["linked": 12, "rejected": 1, "invalid": 1, "unsettled": 1, "undone": 1])
        let both = Self.states(["linked": 12, "rejected": 1, "invalid": 1, "unsettled": 1, "intended": 1, "undone": 1])
        let none = Self.states()
        #expect(
            status.json
                == #"{"states":\#(both),"unsent":0,"in_flight":1,"to_settle":1,"no_longer_in_input":\#(none),"inputs":["#
                + #"{"environment_id":"\#(environment)","host":null,"source":"users.csv","states":\#(first),"unsent":0,"#
                + #""no_longer_in_input":\#(none)},"#
                + #"{"environment_id":"\#(environment)","host":null,"source":"more \"users\".csv","#
                + #""states":\#(Self.states(["intended": 1])),"unsent":0,"no_longer_in_input":\#(none)}],"runs":["#
                + #"{"run_id":"run-1","started_at":"\#(momentText)","ended_at":"\#(momentText)","source":"users.csv","#
                + #""source_sha256":"abc","rows":16,"exit_code":130,"stopped_by":"signal","state":"ended"},"#
                + #"{"run_id":"run-2","started_at":"\#(momentText)","ended_at":null,"source":"more \"users\".csv","#
                + #""source_sha256":null,"rows":null,"exit_code":null,"stopped_by":null,"state":"going-on"}],"#
                + #""verifications":[]}"#
        )
        try ledger.finish()
    }

    @Test("an environment that PingOne did not know does not take the place of the one in which rows are linked")
    func wrongEnvironment() throws {
        let ledger = try SQLiteLedger.open(at: path, now: { moment })
        let right = RunPlace(environment: environment, host: "api.pingone.eu")
        let wrong = RunPlace(environment: "11111111-1111-4111-8111-111111111111", host: "api.pingone.eu")
        for (id, place, exitCode) in [("run-1", right, 0), ("run-2", wrong, 78)] {
            try ledger.beginRun(
                RunStart(id: id, source: "users.csv", inputName: "/data/users.csv", place: place, rows: 1)
            )
            if exitCode == 0 { try ledger.settle(candidate(1), as: Settlement(state: .linked, evidence: .reply)) }
            try ledger.endRun(
                RunEnd(
                    rows: 1,
                    sha256: nil,
                    exitCode: exitCode,
                    stoppedBy: nil,
                    counts: InputCounts(linked: 1 - exitCode.signum(), repeated: 0, unsent: exitCode.signum())
                )
            )
        }
        try ledger.close()
        #expect(
            try status().text == """
                environment \(environment) at api.pingone.eu
                rows by state
                  1 linked
                nothing is left to settle
                runs
                  run-1  \(momentText)  users.csv  1 row  exit code 0
                  run-2  \(momentText)  users.csv  1 row  exit code 78
                """
        )
        #expect(try LedgerReport(ledger: SQLiteFile(path), now: moment).environment?.id == environment)
    }

    @Test("each environment apart, with the host that was asked; rows that are not sent yet, and rows that are gone")
    func inputs() throws {
        let other = "11111111-1111-4111-8111-111111111111"
        var ledger = try SQLiteLedger.open(at: path, now: { moment })
        try ledger.beginRun(
            RunStart(
                id: "rehearsal",
                source: "users.csv",
                inputName: "/data/users.csv",
                place: RunPlace(environment: other, host: "127.0.0.1:8080"),
                rows: 1
            )
        )
        var rehearsed = candidate(1)
        rehearsed.key.environment = other
        try ledger.settle(rehearsed, as: Settlement(state: .linked, evidence: .reply))
        try ledger.endRun(
            RunEnd(
                rows: 1,
                sha256: nil,
                exitCode: 0,
                stoppedBy: nil,
                counts: InputCounts(linked: 1, repeated: 0, unsent: 0)
            )
        )
        let place = RunPlace(environment: environment, host: "api.pingone.eu")
        try ledger.beginRun(
            RunStart(id: "run-1", source: "users.csv", inputName: "/data/users.csv", place: place, rows: 5)
        )
        try ledger.settle(candidate(1), as: Settlement(state: .linked, evidence: .reply))
        try ledger.settle(candidate(2), as: Settlement(state: .rejected))
        try ledger.settle(candidate(3), as: Settlement(state: .rejected))
        try ledger.settle(candidate(4), as: Settlement(state: .linked, evidence: .reply))
        try ledger.endRun(
            RunEnd(
                rows: 5,
                sha256: nil,
                exitCode: 3,
                stoppedBy: "limit",
                counts: InputCounts(linked: 2, repeated: 0, unsent: 1)
            )
        )
        try ledger.close()
        #expect(
            try status().text == """
                environment \(other) at 127.0.0.1:8080
                users.csv: rows by state
                  1 linked
                environment \(environment) at api.pingone.eu
                users.csv: rows by state
                  2 linked
                  2 rejected
                  1 not sent yet
                left to send: 1 (run the same command again)
                nothing is left to settle
                runs
                  rehearsal  \(momentText)  users.csv  1 row  exit code 0
                  run-1  \(momentText)  users.csv  5 rows  exit code 3 (limit)
                """
        )
        // Rows 3 and 4 are taken out of the file, row 2 stays as it is, row 5 is sent.
        ledger = try SQLiteLedger.open(at: path, now: { moment })
        try ledger.beginRun(
            RunStart(id: "run-2", source: "users.csv", inputName: "/data/users.csv", place: place, rows: 3)
        )
        for known in try ledger.admit([candidate(1), candidate(2)], deciding: { _, _ in false }).map(\.known) {
            ledger.noteSeen(try #require(known))
        }
        try ledger.settle(candidate(5), as: Settlement(state: .linked, evidence: .reply))
        try ledger.endRun(
            RunEnd(
                rows: 3,
                sha256: nil,
                exitCode: 1,
                stoppedBy: nil,
                counts: InputCounts(linked: 2, repeated: 0, unsent: 0)
            )
        )
        try ledger.close()
        let status = try status()
        #expect(
            status.inputs.last
                == InputRecord(
                    environmentID: environment,
                    host: "api.pingone.eu",
                    source: "users.csv",
                    counts: [.linked: 2, .rejected: 1],
                    stored: 3,
                    gone: [.linked: 1, .rejected: 1],
                    lastRun: 3
                )
        )
        #expect(status.text.contains("  no longer in the input: 1 linked, 1 rejected\n"))
        let report = try LedgerReport(ledger: SQLiteFile(path), now: moment)
        #expect(report.counts == [.linked: 2, .rejected: 1])
        #expect(report.causes.sorted.map(\.rows) == [1])
        #expect(report.environment?.host == "api.pingone.eu")
    }

    /// One run after the other: its input, how many rows of it are linked, and those that it links.
    private func play(_ runs: (input: String, rows: Int, new: ClosedRange<Int>?)...) throws {
        for (number, run) in runs.enumerated() {
            let ledger = try SQLiteLedger.open(at: path, now: { moment })
            try ledger.beginRun(
                RunStart(
                    id: "run-\(number)",
                    source: run.input,
                    inputName: "/data/\(run.input)",
                    place: RunPlace(environment: environment, host: "api.pingone.eu"),
                    rows: run.rows
                )
            )
            for row in run.new.map(Array.init) ?? [] {
                try ledger.settle(candidate(row), as: Settlement(state: .linked, evidence: .reply))
            }
            let counts = InputCounts(linked: run.rows, repeated: 0, unsent: 0)
            try ledger.endRun(RunEnd(rows: run.rows, sha256: nil, exitCode: 0, stoppedBy: nil, counts: counts))
            try ledger.close()
        }
    }

    @Test("a row that stands in two inputs is one of each and counts once in all")
    func sharedRow() throws {
        try play(("monday.csv", 3, 1...3), ("tuesday.csv", 3, 4...4))
        let status = try status()
        #expect(status.inputs.map(\.counts) == [[.linked: 3], [.linked: 3]])
        #expect(status.json.hasPrefix(#"{"states":{"linked":4,"#))
        #expect(try LedgerReport(ledger: SQLiteFile(path), now: moment).counts == [.linked: 4])
    }

    @Test("a row that has gone from one input to another is not gone in all")
    func movedRow() throws {
        try play(("users.csv", 20, 1...20), ("users.csv", 10, nil), ("others.csv", 10, nil))
        let status = try status()
        #expect(status.inputs.map(\.counts) == [[.linked: 10], [.linked: 10]])
        #expect(status.inputs.map(\.gone) == [[.linked: 10], [:]])
        #expect(status.counts == [.linked: 20])
        #expect(status.json.contains(#""no_longer_in_input":{"linked":0,"#))
    }

    @Test("a run without an end that nobody is at was killed")
    func killed() throws {
        // A ledger that is dropped is left as by a process that dies.
        try _ = openRun(path).admit([candidate(1)]) { _, _ in true }
        let status = try status()
        #expect(status.text.hasSuffix("  run-1  \(momentText)  users.csv  not ended: killed"))
        #expect(status.json.contains(#""stopped_by":null,"state":"killed"}]"#))
    }
}
