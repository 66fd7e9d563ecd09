/// How far the clock that all agree on is ahead of this machine's, as well as that can be known.
struct ClockOffset: Equatable, Sendable {
    /// Two clocks part by less than this, as a share of the time.
    private static let drift = 1e-4

    private var offset = Duration.zero
    /// How wrong it may be, when it was found.
    private var error = Duration.zero
    private var foundAt: ContinuousClock.Instant?

    /// Notes what the other clock has shown at some time between two instants of this one.
    ///
    /// - Returns: what is known now, which is the other's if it was asked faster than the one before it, or contradicts it.
    mutating func note(
        _ shown: ContinuousClock.Instant,
        askedAt: ContinuousClock.Instant,
        answeredAt: ContinuousClock.Instant
    ) -> Duration {
        let half = askedAt.duration(to: answeredAt) / 2
        let other = (askedAt + half).duration(to: shown)
        let old = error + (foundAt.map { $0.duration(to: answeredAt) } ?? .zero) * Self.drift
        let difference = max(other - offset, offset - other)
        if foundAt == nil || half <= old || difference > half + old {
            (offset, error, foundAt) = (other, half, answeredAt)
        }
        return offset
    }
}
