/// How fast something is now: its mean speed over the last ten seconds, or since it was asked last if that is longer ago.
///
/// The mean since the beginning would hide that a run has come to a halt, or still tell of its slow start hours later.
package struct RecentRate: Sendable {
    private static let window: Duration = .seconds(10)

    /// The first is at least as old as the window, once there is one that is.
    private var samples: [(at: ContinuousClock.Instant, count: Int)]

    package init(startingAt start: ContinuousClock.Instant) {
        samples = [(start, 0)]
    }

    /// - Parameters:
    ///   - count: what was done since the start.
    ///   - now: never earlier than in the previous call.
    /// - Returns: per second.
    package mutating func note(_ count: Int, at now: ContinuousClock.Instant) -> Double {
        while samples.count > 1, samples[1].at <= now - Self.window { samples.removeFirst() }
        let (at, before) = samples[0]
        samples.append((now, count))
        return now > at ? Double(count - before) / (at.duration(to: now) / .seconds(1)) : 0
    }
}
