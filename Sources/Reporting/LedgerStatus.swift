import FoundationEssentials
import JSON
package import Ledger
import LinkRows

/// What is in a ledger: each input as its last run saw it, the runs, what is left to do.
package struct LedgerStatus: Sendable, Equatable {
    package var inputs: [InputRecord]
    package var runs: [RunRecord]
    package var verifications: [VerificationRecord]
    /// The runs that live processes are at.
    package var liveRuns: [LiveRun]

    package init(ledger: any LedgerLocation) throws(LedgerError) {
        liveRuns = ledger.liveRuns()
        let reader = try ledger.reader()
        defer { reader.close() }
        runs = try reader.runs()
        inputs = try reader.inputs().records
        verifications = try reader.verifications()
    }

    /// What the ledger's rows are to be: linked, or unlinked.
    private var kind: RunKind { runs.lazy.map(\.kind).purpose }

    /// The rows of all inputs, each once.
    package var counts: [LinkState: Int] { inputs.sum.counts }

    private var unsent: Int { inputs.reduce(0) { $0 + $1.unsent } }

    /// Rows whose outcome is not known and that no live run is at.
    package var toSettle: Int {
        counts[.unsettled, default: 0] + (liveRuns.isEmpty ? counts[.intended, default: 0] : 0)
    }

    private var inFlight: Int { liveRuns.isEmpty ? 0 : counts[.intended, default: 0] }

    package var json: String {
        JSONValue.object([
            "states": json(counts),
            "unsent": JSONValue(unsent),
            "in_flight": JSONValue(inFlight),
            "to_settle": JSONValue(toSettle),
            "no_longer_in_input": json(inputs.sum.gone),
            "inputs": .array(
                inputs.map { input in
                    .object([
                        "environment_id": .string(input.environmentID), "host": JSONValue(input.host),
                        "source": .string(input.source), "states": json(input.counts),
                        "unsent": JSONValue(input.unsent), "no_longer_in_input": json(input.gone),
                    ])
                }
            ),
            "runs": .array(runs.map(json)),
            "verifications": .array(
                verifications.map { verification in
                    .object([
                        "started_at": .string(verification.startedAt.formatted(.iso8601)),
                        "ended_at": JSONValue(verification.endedAt?.formatted(.iso8601)),
                        "results": .object(
                            Self.results(verification).map { .init(name: $0.1, value: JSONValue($0.0)) }
                        ),
                    ])
                }
            ),
        ]).text
    }

    /// A run, and who is at it in a ledger that several machines share.
    private func json(_ run: RunRecord) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init(name: "run_id", value: .string(run.runID)), .init(name: "started_at", value: .string(run.startedAt)),
            .init(name: "ended_at", value: JSONValue(run.endedAt)), .init(name: "source", value: .string(run.source)),
            .init(name: "source_sha256", value: JSONValue(run.sourceSHA256)),
            .init(name: "rows", value: JSONValue(run.rows)),
            .init(name: "exit_code", value: JSONValue(run.exitCode)),
            .init(name: "stopped_by", value: JSONValue(run.stoppedBy)),
            .init(name: "state", value: .string(RunState(of: run, liveRuns: liveRuns).rawValue)),
        ]
        if let live = liveRuns.first(where: { $0.runID == run.runID }), let process = live.process {
            let value = JSONValue.object([
                "host": .string(process.host), "process_id": JSONValue(Int(process.processID)),
                "lease_ends_in_s": JSONValue(Int(process.leaseEndsIn.components.seconds)),
                "rows_per_second": JSONValue(live.rowsPerSecond.map { Int($0.rounded()) }),
            ])
            members.append(.init(name: "process", value: value))
        }
        return .object(members)
    }

    private func json(_ counts: [LinkState: Int]) -> JSONValue {
        .object(
            LinkState.allCases.map {
                JSONValue.Member(name: $0.word(in: kind), value: JSONValue(counts[$0, default: 0]))
            }
        )
    }

    private static func results(_ verification: VerificationRecord) -> [(Int, String)] {
        [CheckResult.match, .missing, .different, .extra]
            .compactMap { result in verification.counts[result].map { ($0, result.rawValue) } }
    }

    package var text: String {
        var lines: [String] = []
        for input in inputs {
            lines += title(of: input)
            let states = CountList.lines(
                LinkState.allCases.map { (input.counts[$0, default: 0], $0.word(in: kind)) } + [
                    (input.unsent, "not sent yet")
                ]
            )
            lines += states.isEmpty ? ["  none"] : states
            if !input.gone.isEmpty {
                let gone = LinkState.allCases.map { (input.gone[$0, default: 0], $0.word(in: kind)) }
                lines.append("  no longer in the input: \(CountList.inline(gone))")
            }
        }
        if inputs.isEmpty { lines += ["rows by state", "  none"] }
        if inFlight > 0 { lines.append("\(CountList.counted(inFlight, "row")) in flight") }
        if unsent > 0, liveRuns.isEmpty {
            lines.append("left to send: \(DigitGroups.text(unsent)) (run the same command again)")
        }
        lines.append(
            toSettle == 0
                ? "nothing is left to settle"
                : "left to settle: \(DigitGroups.text(toSettle)) (run the same command again: the links are read first)"
        )
        lines.append("runs")
        lines += runs.map(line)
        if runs.isEmpty { lines.append("  none") }
        if !verifications.isEmpty { lines.append("verifications") }
        for verification in verifications {
            let found = CountList.inline(Self.results(verification))
            let end = verification.endedAt == nil ? "  not finished: run verify again to go on" : ""
            lines.append("  \(verification.startedAt.formatted(.iso8601))" + (found.isEmpty ? "" : "  \(found)") + end)
        }
        return lines.joined(separator: "\n")
    }

    private static func whereabouts(_ run: LiveRun) -> String {
        guard let process = run.process else { return "" }
        let rate = run.rowsPerSecond.map { ", \(DigitGroups.text(Int($0.rounded()))) rows/s" } ?? ""
        return " on \(process.host), process \(process.processID)\(rate), "
            + "lease ends in \(process.leaseEndsIn.components.seconds) s"
    }

    /// Where the rows are meant to be, as far as it is known, and which input it is where there are several.
    private func title(of input: InputRecord) -> [String] {
        let place = input.host.map { ["environment \(input.environmentID) at \($0)"] } ?? []
        return place + [(inputs.count > 1 ? "\(input.source): " : "") + "rows by state"]
    }

    private func line(_ run: RunRecord) -> String {
        var line = "  \(run.runID)  \(run.startedAt)  \(run.source)"
        if let rows = run.rows { line += "  " + CountList.counted(rows, "row") }
        switch RunState(of: run, liveRuns: liveRuns) {
        case .ended: line += run.exitCode.map { "  exit code \($0)" } ?? ""
        case .goingOn: line += "  going on" + (liveRuns.first { $0.runID == run.runID }.map(Self.whereabouts) ?? "")
        case .killed: line += "  not ended: killed"
        }
        if let stoppedBy = run.stoppedBy { line += " (\(stoppedBy))" }
        return line
    }
}
