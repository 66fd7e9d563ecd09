/// What the progress line shows of the pace.
package struct PacingSnapshot: Equatable, Sendable {
    /// Requests per second in force.
    package var rate: Double
    /// What keeps it from being higher.
    package var limitedBy: RateLimitedBy
    /// The end of the pause that the server asked for; nil when there is none now.
    package var pausedUntil: ContinuousClock.Instant?
    /// Answers that were throttling (429, or 503 with Retry-After) since the run began.
    package var throttled: Int
    /// What the run has held so far; nil if it is too early to say.
    package var held: HeldRate?
    /// Of the answers of the last five to ten seconds, throttling ones not counted; nil before the first.
    package var latency: LatencyPercentiles?

    package init(
        rate: Double,
        limitedBy: RateLimitedBy,
        pausedUntil: ContinuousClock.Instant? = nil,
        throttled: Int = 0,
        held: HeldRate? = nil,
        latency: LatencyPercentiles? = nil
    ) {
        self.rate = rate
        self.limitedBy = limitedBy
        self.pausedUntil = pausedUntil
        self.throttled = throttled
        self.held = held
        self.latency = latency
    }
}
