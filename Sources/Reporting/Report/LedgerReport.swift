package import FoundationEssentials
package import Ledger

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
    package var counts: [LinkState: Int]
    /// The oldest first.
    package var runs: [Run]
    package var latency: LatencyDistribution
    package var causes: ProblemCauses
    package var verification: VerificationRecord?

    package init(
        name: String,
        madeAt: Date,
        counts: [LinkState: Int] = [:],
        runs: [Run] = [],
        latency: LatencyDistribution = LatencyDistribution([:]),
        causes: ProblemCauses = ProblemCauses(),
        verification: VerificationRecord? = nil
    ) {
        self.name = name
        self.madeAt = madeAt
        self.counts = counts
        self.runs = runs
        self.latency = latency
        self.causes = causes
        self.verification = verification
    }

    /// Reads a ledger, also while a run goes on: its figures are then those of moments that lie close to each other.
    ///
    /// - Complexity: reads each row twice at most, in memory that does not grow with them.
    package init(ledger path: String, now: Date) throws {
        let liveRunID = LedgerReader.liveRunID(inLedger: path)
        let reader = try LedgerReader(path: path)
        defer { reader.close() }
        let records = try reader.runs()
        let activity = try reader.activity()
        var activities = Dictionary(activity.runs.map { ($0.runID, $0) }) { first, _ in first }
        var causes = ProblemCauses()
        try reader.forEachResult(states: [.rejected, .invalid, .failed, .unsettled, .intended]) { row in
            // What the live run has in flight is no problem yet.
            if row.state != .intended || row.runID != liveRunID { causes.add(row) }
        }
        self.init(
            name: String(path.split(separator: "/").last ?? "ledger"),
            madeAt: now,
            counts: try reader.counts(),
            runs: records.compactMap { record in
                activities.removeValue(forKey: record.runID).map {
                    Run(record: record, state: RunState(of: record, liveRunID: liveRunID), activity: $0)
                }
            },
            latency: LatencyDistribution(activity.latencies),
            causes: causes,
            verification: try reader.verification()
        )
    }

    /// All rows that the ledger knows.
    package var rows: Int { counts.values.reduce(0, +) }

    package func count(_ states: LinkState...) -> Int { states.reduce(0) { $0 + counts[$1, default: 0] } }

    /// Whether the last run over an input came to its end, so that the ledger has all of its rows.
    package var knowsAllRows: Bool {
        guard let last = runs.last(where: { $0.record.kind == .linking }) else { return true }
        return last.state == .ended && last.record.stoppedBy == nil
    }

    /// What shares are shares of: `1,200 rows`, or `1,200 rows dealt with so far`.
    package var extent: String { ReportText.counted(rows, "row") + (knowsAllRows ? "" : " dealt with so far") }

    package var isGoingOn: Bool { runs.contains { $0.state == .goingOn } }
}
