import Ledger
import Reporting
import Testing

@Suite("LedgerStatus")
struct LedgerStatusTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private var path: String { folder.path("users.csv.ledger") }

    private func status() throws -> LedgerStatus {
        try LedgerStatus(ledger: path)
    }

    @Test("a ledger without a run")
    func empty() throws {
        try Ledger.open(at: path, now: { moment }).close()
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
                == #"{"states":{"linked":0,"already-linked":0,"rejected":0,"invalid":0,"failed":0,"unsettled":0,"#
                + #""intended":0,"undone":0},"to_settle":0,"runs":[]}"#
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
        try ledger.endRun(rows: 16, sha256: "abc", exitCode: 130, stoppedBy: "signal")
        try ledger.beginRun(id: "run-2", source: "more \"users\".csv", inputName: "/data/more.csv")
        _ = try ledger.admit([candidate(20)]) { _, _ in true }

        let status = try status()
        #expect(status.toSettle == 2)
        #expect(
            status.text == """
                rows by state
                  12 linked
                   1 rejected
                   1 invalid
                   1 unsettled
                   1 intended
                   1 undone
                left to settle: 2 (run the same command again: the links are read first)
                runs
                  run-1  \(momentText)  users.csv  16 rows  exit code 130 (signal)
                  run-2  \(momentText)  more "users".csv  going on
                """
        )
        #expect(
            status.json
                == #"{"states":{"linked":12,"already-linked":0,"rejected":1,"invalid":1,"failed":0,"unsettled":1,"#
                + #""intended":1,"undone":1},"to_settle":2,"runs":["#
                + #"{"run_id":"run-1","started_at":"\#(momentText)","ended_at":"\#(momentText)","source":"users.csv","#
                + #""source_sha256":"abc","rows":16,"exit_code":130,"stopped_by":"signal","state":"ended"},"#
                + #"{"run_id":"run-2","started_at":"\#(momentText)","ended_at":null,"source":"more \"users\".csv","#
                + #""source_sha256":null,"rows":null,"exit_code":null,"stopped_by":null,"state":"going-on"}]}"#
        )
        try ledger.finish()
    }

    @Test("a run without an end that nobody is at was killed")
    func killed() throws {
        // A ledger that is dropped is left as by a process that dies.
        try _ = openRun(path).admit([candidate(1)]) { _, _ in true }
        let status = try status()
        #expect(status.text.hasSuffix("  run-1  \(momentText)  users.csv  not ended: killed"))
        #expect(status.json.hasSuffix(#""stopped_by":null,"state":"killed"}]}"#))
    }
}
