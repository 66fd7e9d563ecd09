package import FoundationEssentials
package import Ledger
package import LinkRows

/// What the report on a ledger tells, before it is a page: nothing of it identifies a user or an account.
package struct LedgerReport: Sendable, Equatable {
    /// One run and what it did.
    package struct Run: Sendable, Equatable {
        package var record: RunRecord
        package var state: RunState
        package var activity: RunActivity
    }

    /// The ledger's file name, without its folder.
    package var name: String
    package var madeAt: Date
    /// The rows of the environment of the last run, each input as its last run saw it.
    package var counts: [LinkState: Int]
    /// Rows of its inputs that no run has sent yet.
    package var unsent: Int
    /// All inputs, in all environments.
    package var inputs: [InputRecord]
    /// The oldest first.
    package var runs: [Run]
    package var latency: LatencyDistribution
    package var causes: ProblemCauses
    package var verification: VerificationRecord?
    /// What was suspicious about the input of the last run.
    package var warnings: [InputWarning] = []

    package init(
        name: String,
        madeAt: Date,
        counts: [LinkState: Int] = [:],
        unsent: Int = 0,
        inputs: [InputRecord] = [],
        runs: [Run] = [],
        latency: LatencyDistribution = LatencyDistribution([:]),
        causes: ProblemCauses = ProblemCauses(),
        verification: VerificationRecord? = nil
    ) {
        self.name = name
        self.madeAt = madeAt
        self.counts = counts
        self.unsent = unsent
        self.inputs = inputs
        self.runs = runs
        self.latency = latency
        self.causes = causes
        self.verification = verification
    }

    /// Reads a ledger, also while a run goes on: its figures are then those of moments that lie close to each other.
    ///
    /// - Complexity: reads each row twice at most, in memory that does not grow with them.
    package init(ledger: any LedgerLocation, now: Date) throws {
        let liveRuns = ledger.liveRuns()
        let liveRunIDs = Set(liveRuns.map(\.runID))
        let reader = try ledger.reader()
        defer { reader.close() }
        let records = try reader.runs()
        let (inputs, gone) = try reader.inputs()
        let current = inputs.max { $0.lastRun < $1.lastRun }?.environmentID
        let ofCurrent = inputs.filter { $0.environmentID == current }
        let activity = try reader.activity()
        var activities = Dictionary(activity.runs.map { ($0.runID, $0) }) { first, _ in first }
        var causes = ProblemCauses()
        try reader.forEachResult(states: [.rejected, .invalid, .failed, .unsettled, .intended]) { row in
            // What the live run has in flight is no problem yet, and what is not in its input any more none any more.
            guard row.state != .intended || !liveRunIDs.contains(row.runID),
                row.ticket.map({ !gone.contains($0) }) ?? true,
                row.environmentID.map({ $0.lowercased() == current?.lowercased() }) ?? true
            else { return }
            causes.add(row)
        }
        self.init(
            name: String(ledger.name.split(separator: "/").last ?? "ledger"),
            madeAt: now,
            counts: ofCurrent.sum.counts,
            unsent: ofCurrent.reduce(0) { $0 + $1.unsent },
            inputs: inputs,
            runs: records.compactMap { record in
                activities.removeValue(forKey: record.runID).map {
                    Run(record: record, state: RunState(of: record, liveRuns: liveRuns), activity: $0)
                }
            },
            latency: LatencyDistribution(activity.latencies),
            causes: causes,
            verification: try reader.verification()
        )
        if let last = records.last(where: { $0.kind != .undoing && $0.endedAt != nil }) {
            warnings = try reader.warnings(ofRun: last.runID).compactMap(InputWarning.init)
        }
    }

    /// What the rows are to be: linked, or unlinked.
    package var kind: RunKind { runs.lazy.map(\.record.kind).purpose }

    /// All rows that are known of.
    package var rows: Int { counts.values.reduce(unsent, +) }

    /// Of the environment of the last run, where it is known: its id and the host that was asked.
    package var environment: (id: String, host: String)? {
        inputs.max { $0.lastRun < $1.lastRun }.flatMap { input in input.host.map { (input.environmentID, $0) } }
    }

    package func count(_ states: LinkState...) -> Int { states.reduce(0) { $0 + counts[$1, default: 0] } }

    /// Whether the last run over an input came to its end, so that the ledger has all of its rows.
    package var knowsAllRows: Bool {
        // One that was meant for another environment or provider (78) has begun no row.
        guard let last = runs.last(where: { $0.record.kind != .undoing && $0.record.exitCode != 78 }) else {
            return true
        }
        return last.state == .ended && last.record.stoppedBy == nil || unsent > 0
    }

    /// What shares are shares of: `1,200 rows`, or `1,200 rows dealt with so far`.
    package var extent: String { ReportText.counted(rows, "row") + (knowsAllRows ? "" : " dealt with so far") }

    package var isGoingOn: Bool { runs.contains { $0.state == .goingOn } }
}

extension Sequence<RunKind> {
    /// What the rows of a ledger with such runs are to be: linked, or unlinked.
    var purpose: RunKind { contains(.unlinking) ? .unlinking : .linking }
}
