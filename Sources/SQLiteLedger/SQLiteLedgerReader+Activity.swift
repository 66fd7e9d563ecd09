import FoundationEssentials
import GRDB
package import Ledger

extension SQLiteLedgerReader {
    /// - Complexity: reads each row once; the memory is a run's few hundred ticks, for one that was killed two a second.
    package func activity() throws(LedgerError) -> LedgerActivity {
        try read { database in
            let pace = try PaceTable(database).all()
            var timelines = try RunTimeline.all(database, pace)
            var latencies: [Int: Int] = [:]
            let settled = [LinkState.linked, .alreadyLinked, .rejected, .failed, .unsettled].map { String($0.code) }
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT run, updated_ms, latency_ms, state IN (\(settled.joined(separator: ", "))) FROM links
                    """
            )
            while let row = try rows.next() {
                if let latency: Int = try row.decode(atIndex: 2) { latencies[latency, default: 0] += 1 }
                guard try row.decode(atIndex: 3) else { continue }
                timelines[try row.decode(atIndex: 0)]?.note(try row.decode(atIndex: 1))
            }
            let runs = timelines.sorted { $0.key < $1.key }.map { $1.activity(pace: pace[$0] ?? []) }
            return LedgerActivity(runs: runs, latencies: latencies)
        }
    }
}

/// The rows of one run by the time at which they were settled; times are milliseconds since 1970.
private struct RunTimeline {
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

    static func all(_ database: Database, _ pace: [Int64: [PaceSample]]) throws -> [Int64: RunTimeline] {
        let records = try Row.fetchAll(database, sql: "SELECT id, run_id, started_ms, ended_ms FROM run_records")
        let starts = try records.map { try moment($0.decode(atIndex: 2)) }
        var timelines: [Int64: RunTimeline] = [:]
        for (index, record) in records.enumerated() {
            let number: Int64 = try record.decode(atIndex: 0)
            timelines[number] = try RunTimeline(
                runID: record.decode(atIndex: 1),
                start: starts[index],
                end: record.decode(Int64?.self, atIndex: 3).map(moment),
                next: starts.dropFirst(index + 1).first,
                lastSample: pace[number]?.last.map { try moment($0.at.millisecondsSince1970) }
            )
        }
        return timelines
    }

    /// Times between 1970 and the year 9999: with those of a damaged ledger nobody can reckon.
    private static func moment(_ milliseconds: Int64) throws -> Int64 {
        guard (0..<253_402_300_800_000).contains(milliseconds) else { throw UnreadableValue() }
        return milliseconds
    }

    private init(runID: String, start: Int64, end: Int64?, next: Int64?, lastSample: Int64?) {
        self.runID = runID
        self.start = start
        self.end = end.map { max($0, start) }
        limit = end ?? next ?? .max
        let span = end.map { max(0, $0 - start) } ?? 0
        tick = max(Self.shortestTick, (span + Self.ticks - 1) / Self.ticks)
        lastSign = max(start, lastSample ?? start)
    }

    mutating func note(_ updated: Int64) {
        guard updated >= start, updated <= limit else { return }
        counts[(updated - start) / tick, default: 0] += 1
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
