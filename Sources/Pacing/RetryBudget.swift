/// How many retries the whole run may make: a fifth of its first requests, and at least 10 per second.
///
/// When everything fails, retries would otherwise multiply the traffic at the worst moment. Two accounts grow side by
/// side, one with the traffic and one with time; a retry needs a whole unit in either and is charged to both, so that
/// they are alternatives, not a sum. A retry that finds both empty waits, it is not dropped.
package struct RetryBudget: Sendable {
    /// The share of the traffic that retries may add.
    private static let share = 0.2
    private static let perSecond = 10.0
    /// The credit that a quiet time can save up, so that a long good run does not pay for a storm at its end.
    private static let maxFromTraffic = 100.0

    private var fromTraffic = 0.0
    private var fromTime = perSecond
    private var updated: ContinuousClock.Instant

    /// - Parameter start: from when on time counts.
    package init(startingAt start: ContinuousClock.Instant) {
        updated = start
    }

    /// Notes a request that is not a retry itself.
    package mutating func recordRequest() {
        fromTraffic = min(fromTraffic + Self.share, Self.maxFromTraffic)
    }

    /// Takes a retry from the budget, or says when to ask again; nothing is reserved until then.
    ///
    /// - Parameter now: a monotonic instant, never earlier than in the previous call.
    /// - Returns: that the retry is charged, or when to ask again.
    package mutating func take(at now: ContinuousClock.Instant) -> Pace.Turn {
        fromTime = min(fromTime + updated.seconds(to: now) * Self.perSecond, Self.perSecond)
        updated = now
        // Sums of fifths fall short of a whole by a rounding error.
        let whole = 1 - 1e-9
        guard fromTraffic >= whole || fromTime >= whole else {
            return .wait(until: now + .seconds((1 - fromTime) / Self.perSecond))
        }
        fromTraffic = max(fromTraffic - 1, 0)
        fromTime = max(fromTime - 1, 0)
        return .go
    }
}
