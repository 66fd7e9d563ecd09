package import Ledger
import PingOneAPI

/// What is in a ledger: counts by state, the runs, what is left to settle.
package struct LedgerStatus: Sendable, Equatable {
    package var counts: [LinkState: Int]
    package var runs: [RunRecord]
    /// The run that a live process is at.
    package var liveRunID: String?

    package init(ledger path: String) throws(LedgerError) {
        liveRunID = LedgerReader.liveRunID(inLedger: path)
        let reader = try LedgerReader(path: path)
        runs = try reader.runs()
        counts = try reader.counts()
    }

    /// Rows whose outcome is not known.
    package var toSettle: Int { counts[.unsettled, default: 0] + counts[.intended, default: 0] }

    package var json: String {
        JSONValue.object([
            "states": .object(
                LinkState.allCases.map { JSONValue.Member(name: $0.rawValue, value: JSONValue(counts[$0, default: 0])) }
            ),
            "to_settle": JSONValue(toSettle),
            "runs": .array(
                runs.map { run in
                    .object([
                        "run_id": .string(run.runID), "started_at": .string(run.startedAt),
                        "ended_at": JSONValue(run.endedAt), "source": .string(run.source),
                        "source_sha256": JSONValue(run.sourceSHA256), "rows": JSONValue(run.rows),
                        "exit_code": JSONValue(run.exitCode), "stopped_by": JSONValue(run.stoppedBy),
                        "state": .string(RunState(of: run, liveRunID: liveRunID).rawValue),
                    ])
                }
            ),
        ]).text
    }

    package var text: String {
        var lines = ["rows by state"]
        let states = CountList.lines(LinkState.allCases.map { (counts[$0, default: 0], $0.rawValue) })
        lines += states.isEmpty ? ["  none"] : states
        lines.append(
            toSettle == 0
                ? "nothing is left to settle"
                : "left to settle: \(toSettle) (run the same command again: the links are read first)"
        )
        lines.append("runs")
        for run in runs {
            var line = "  \(run.runID)  \(run.startedAt)  \(run.source)"
            if let rows = run.rows { line += "  " + CountList.counted(rows, "row") }
            switch RunState(of: run, liveRunID: liveRunID) {
            case .ended: line += run.exitCode.map { "  exit code \($0)" } ?? ""
            case .goingOn: line += "  going on"
            case .killed: line += "  not ended: killed"
            }
            if let stoppedBy = run.stoppedBy { line += " (\(stoppedBy))" }
            lines.append(line)
        }
        if runs.isEmpty { lines.append("  none") }
        return lines.joined(separator: "\n")
    }
}
