import Histogram

/// How long PingOne takes to answer: half of the answers at most `p50`, all but one in twenty at most `p95`.
package struct LatencyPercentiles: Equatable, Sendable {
    package var p50: Duration
    package var p95: Duration

    package init(p50: Duration, p95: Duration) {
        self.p50 = p50
        self.p95 = p95
    }
}

/// The latencies of late: whoever watches a run wants to know how PingOne is now, not how it was an hour ago.
///
/// Two histograms take turns of five seconds each, so that the answers of the last five to ten seconds count. Time in which
/// there is no answer is no turn: during a pause the answers before it stay.
struct RecentLatencies: Sendable {
    private static let turn: Duration = .seconds(5)
    /// An hour, in microseconds; no request may take that long.
    private static let longest: UInt64 = 3_600_000_000

    private var current = Self.histogram
    private var previous = Self.histogram
    private var turnBegan: ContinuousClock.Instant?

    /// To the hundredth part, from 10 µs on: 10 KB.
    private static var histogram: Histogram<UInt32> {
        Histogram(
            lowestDiscernibleValue: 10,
            highestTrackableValue: longest,
            numberOfSignificantValueDigits: .two
        )
    }

    /// In the unit of ``record(microseconds:at:)``.
    static func microseconds(_ latency: Duration) -> UInt64 {
        let (seconds, attoseconds) = latency.components
        return UInt64(max(0, seconds * 1_000_000 + attoseconds / 1_000_000_000_000))
    }

    /// - Complexity: O(1); every five seconds a histogram is emptied.
    mutating func record(microseconds: UInt64, at now: ContinuousClock.Instant) {
        let began = turnBegan ?? now
        turnBegan = began
        if began.duration(to: now) >= Self.turn {
            swap(&current, &previous)
            current.reset()
            turnBegan = now
        }
        current.record(min(microseconds, Self.longest))
    }

    /// Nil before the first answer.
    var percentiles: LatencyPercentiles? {
        var all = current
        all.add(previous)
        guard all.totalCount > 0 else { return nil }
        return LatencyPercentiles(
            p50: .microseconds(all.valueAtPercentile(50)),
            p95: .microseconds(all.valueAtPercentile(95))
        )
    }
}
