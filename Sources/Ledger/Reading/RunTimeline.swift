import FoundationEssentials

/// The rows of one run by the time at which they were settled; times are milliseconds since 1970.
struct RunTimeline {
    /// A run is cut into so many ticks at most, each at least so long: with less, a chart shows how rows are committed in
    /// groups.
    private static let ticks: Int64 = 160
    private static let shortestTick: Int64 = 500

    private let runID: String
    private let start: Int64
    /// Nil for a run without an end.
    private let end: Int64?
    /// What has happened to its rows since is not its doing, as an `undo` that could not remove them.
    private let limit: Int64
    private let tick: Int64
    private var counts: [Int64: Int] = [:]
    private var lastSign: Int64

    /// `next`: when a later run began that may have touched this one's rows; nil if there is none.
    init(runID: String, start: Int64, end: Int64?, next: Int64?, lastSample: Int64?) {
        self.runID = runID
        self.start = start
        self.end = end.map { max($0, start) }
        limit = end ?? next ?? .max
        let span = end.map { max(0, $0 - start) } ?? 0
        tick = max(Self.shortestTick, (span + Self.ticks - 1) / Self.ticks)
        lastSign = max(start, lastSample ?? start)
    }

    /// So many rows were settled at this time.
    mutating func note(_ count: Int, at updated: Int64) {
        guard updated >= start, updated <= limit else { return }
        counts[(updated - start) / tick, default: 0] += count
        lastSign = max(lastSign, updated)
    }

    func activity(pace: [PaceSample]) -> RunActivity {
        let end = end ?? lastSign
        // Only a run without an end has more ticks than a chart can show.
        let merged = max(1, ((end - start) / tick + Self.ticks - 1) / Self.ticks)
        let tick = tick * merged
        var settled = [Int](repeating: 0, count: Int((end - start) / tick) + 1)
        for (place, count) in counts { settled[Int(place / merged)] += count }
        return RunActivity(
            runID: runID,
            startedAt: Date(millisecondsSince1970: start),
            endedAt: Date(millisecondsSince1970: end),
            tick: .milliseconds(tick),
            settled: settled,
            pace: pace
        )
    }
}
