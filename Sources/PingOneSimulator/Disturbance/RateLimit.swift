/// A token bucket: so many requests at once, so many more each second; what comes above is refused, not delayed.
struct RateLimit: Equatable, Sendable {
    private let perSecond: Double
    private let burst: Double
    private var tokens: Double
    private var updated: ContinuousClock.Instant

    /// A full bucket.
    ///
    /// - Parameters:
    ///   - perSecond: how many requests a second are let through in the long run; above 0.
    ///   - burst: how many at once; at least 1.
    ///   - now: a monotonic instant, as in all later calls.
    init(perSecond: Double, burst: Double, at now: ContinuousClock.Instant) {
        precondition(perSecond > 0 && burst >= 1, "perSecond \(perSecond), burst \(burst)")
        self.perSecond = perSecond
        self.burst = burst
        tokens = burst
        updated = now
    }

    /// Whether a request that comes now is let through. A refused one costs nothing.
    mutating func admits(at now: ContinuousClock.Instant) -> Bool {
        tokens = min(burst, tokens + updated.duration(to: now) / .seconds(1) * perSecond)
        updated = now
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}
