package import FoundationEssentials

/// What one run did, and when.
package struct RunActivity: Sendable, Equatable {
    package var runID: String
    package var startedAt: Date
    /// When it ended, or its last sign of life.
    package var endedAt: Date
    /// So long is each entry of `settled`.
    package var tick: Duration
    /// How many rows got the outcome that they have now in each tick since the start. A row that a later run has sent
    /// again counts there.
    package var settled: [Int]
    package var pace: [PaceSample]

    package init(
        runID: String,
        startedAt: Date,
        endedAt: Date,
        tick: Duration,
        settled: [Int],
        pace: [PaceSample] = []
    ) {
        self.runID = runID
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.tick = tick
        self.settled = settled
        self.pace = pace
    }
}

/// What all runs of a ledger did.
package struct LedgerActivity: Sendable, Equatable {
    /// The oldest first.
    package var runs: [RunActivity]
    /// The rows by the time that the answer took which settled them, in milliseconds.
    package var latencies: [Int: Int]

    package init(runs: [RunActivity], latencies: [Int: Int]) {
        self.runs = runs
        self.latencies = latencies
    }
}
