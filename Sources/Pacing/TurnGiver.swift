/// Who says when this process's next request may leave: a pace of its own, or its share of one that others have part in.
protocol TurnGiver: Sendable {
    /// Takes the next turn if it is due. `now`: a monotonic instant, never earlier than in the previous call.
    mutating func takeTurn(at now: ContinuousClock.Instant) -> Pace.Turn

    /// Notes how a request ended.
    ///
    /// - Returns: a reason to stop the run, nil to go on.
    mutating func record(
        _ answer: PacedAnswer,
        sentAt: ContinuousClock.Instant,
        at now: ContinuousClock.Instant,
        using random: inout some RandomNumberGenerator
    ) -> PacingStop?

    /// Notes that no request has left with a turn that was taken.
    mutating func turnWasNotUsed()

    /// Why nobody should wait for a turn any longer, although nothing has been refused here.
    func reasonNotToWait(at now: ContinuousClock.Instant) -> PacingStop?

    /// Begins just below what an earlier run has held; before anything has been refused.
    mutating func warmUp(from earlier: EarlierPace, at now: ContinuousClock.Instant)

    /// Another highest rate from now on; requests per second, above 0.
    mutating func setMaximum(_ rate: Double)

    /// The pace as it is now, without the latency.
    mutating func snapshot(at now: ContinuousClock.Instant) -> PacingSnapshot
}

extension Pace: TurnGiver {
    /// It only knows of answers.
    mutating func turnWasNotUsed() {}

    /// What it waits for, it has been told by `record`.
    func reasonNotToWait(at now: ContinuousClock.Instant) -> PacingStop? { nil }

    mutating func snapshot(at now: ContinuousClock.Instant) -> PacingSnapshot {
        PacingSnapshot(
            rate: rate,
            limitedBy: limitedBy,
            pausedUntil: pausedUntil.flatMap { $0 > now ? $0 : nil },
            throttled: throttledCount,
            held: held(at: now)
        )
    }
}
