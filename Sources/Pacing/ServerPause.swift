/// The pause that the server has asked for, and for how long there has been nothing but refusals.
struct ServerPause: Sendable, Codable {
    private static let backoff = RetryPolicy()

    /// Until when the server wants nothing to be sent; may lie in the past, nil if it never asked.
    private(set) var until: ContinuousClock.Instant?
    /// When the first of an unbroken row of refusals came.
    private(set) var refusedSince: ContinuousClock.Instant?
    /// How many pauses that row has begun.
    private var inARow = 0

    init(until: ContinuousClock.Instant? = nil) {
        self.until = until
    }

    /// Something got through.
    mutating func answered() {
        refusedSince = nil
        inARow = 0
    }

    /// Notes a refusal.
    ///
    /// `isNew`: false for a request that was in flight when the pause began; then it may make it longer. `maxWait`: the
    /// longest backoff, which takes the place of a missing Retry-After.
    /// - Returns: the pause that this refusal asks for.
    mutating func refused(
        retryAfter: Duration?,
        isNew: Bool,
        at now: ContinuousClock.Instant,
        maxWait: Duration,
        using random: inout some RandomNumberGenerator
    ) -> Duration {
        if isNew { inARow += 1 }
        refusedSince = refusedSince ?? now
        let pause: Duration =
            if let retryAfter {
                max(retryAfter, .zero)
            } else if isNew {
                min(Self.backoff.delay(afterFailures: inARow, using: &random), maxWait)
            } else {
                .zero
            }
        until = max(now + pause, until ?? now)
        return pause
    }

    /// Why waiting makes no sense any longer, after a refusal that asked for `pause`; nil to go on.
    func reasonToStop(pause: Duration, at now: ContinuousClock.Instant, maxWait: Duration) -> PacingStop? {
        if pause > maxWait { return .pauseTooLong(wait: pause) }
        let lasted = (refusedSince ?? now).duration(to: now)
        return lasted >= maxWait ? .throttledTooLong(lasted: lasted, suggestedWait: pause) : nil
    }
}
