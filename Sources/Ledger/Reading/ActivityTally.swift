/// Adds up when rows were settled and how long the answers took. A store feeds it: the runs and their pace first, then the
/// rows.
package struct ActivityTally {
    /// A run as the tally needs it.
    package struct Run {
        fileprivate var number: Int64
        fileprivate var id: String
        fileprivate var start: Int64
        fileprivate var end: Int64?
        fileprivate var isUndoing: Bool

        /// id, run id, beginning and end in milliseconds since 1970, and whether it is an `undo`.
        package init(_ row: some StoredRow) throws {
            number = try row.integer(0)
            id = try row.text(1)
            start = try Self.moment(row.integer(2))
            end = try row.optionalInteger(3).map(Self.moment)
            isUndoing = try row.bool(4)
        }

        /// Times between 1970 and the year 9999: with those of a damaged ledger nobody can reckon.
        fileprivate static func moment(_ milliseconds: Int64) throws -> Int64 {
            guard (0..<253_402_300_800_000).contains(milliseconds) else { throw UnreadableValue() }
            return milliseconds
        }
    }

    private var timelines: [Int64: RunTimeline] = [:]
    private let pace: [Int64: [PaceSample]]
    private var latencies: [Int: Int] = [:]

    /// - Parameters:
    ///   - runs: all there are, the oldest first.
    ///   - pace: the samples of each run by its number, in the order in which they were taken.
    ///   - runsOverlap: whether several runs may go on at a time. Where they do not, one without an end was over when the
    ///     next one began.
    /// - Throws: ``UnreadableValue`` for a sample of a time with which nobody can reckon.
    package init(runs: [Run], pace: [Int64: [PaceSample]], runsOverlap: Bool) throws {
        self.pace = pace
        var next: Int64?
        for run in runs.reversed() {
            timelines[run.number] = try RunTimeline(
                runID: run.id,
                start: run.start,
                end: run.end,
                next: next,
                lastSample: pace[run.number]?.last.map { try Run.moment($0.at.millisecondsSince1970) }
            )
            if !runsOverlap || run.isUndoing { next = run.start }
        }
    }

    /// So many answers took this long.
    package mutating func note(latency milliseconds: Int, rows: Int = 1) {
        latencies[milliseconds, default: 0] += rows
    }

    /// So many rows that this run has touched last got their outcome, one of ``LinkState/settledCodes``, at this time.
    package mutating func note(settled updated: Int64, ofRun run: Int64, rows: Int = 1) {
        timelines[run]?.note(rows, at: updated)
    }

    package var activity: LedgerActivity {
        let runs = timelines.sorted { $0.key < $1.key }.map { $1.activity(pace: pace[$0] ?? []) }
        return LedgerActivity(runs: runs, latencies: latencies)
    }
}
