/// What happened since the rate was last set.
struct RateStep: Sendable, Codable {
    /// When the first turn at this rate was taken; a pause before it is not part of the step.
    private(set) var start: ContinuousClock.Instant?
    private(set) var sent = 0
    /// Answers that came during the step, also to earlier requests: the server's throughput.
    private(set) var arrived = 0
    /// Answers to requests of this step: only they tell how the server bears this rate.
    private(set) var answered = 0
    private(set) var unanswered = 0
    /// Of the answers, each as long as one may count at most.
    private(set) var latencySum = Duration.zero

    var outcomes: Int { answered + unanswered }

    mutating func turnTaken(at now: ContinuousClock.Instant) {
        start = start ?? now
        sent += 1
    }

    /// `longest`: a single slow answer says nothing about a rate, so that it counts no more than this.
    mutating func answered(latency: Duration, sentAt: ContinuousClock.Instant, atMost longest: Duration) {
        guard let start else { return }
        arrived += 1
        guard sentAt >= start else { return }
        answered += 1
        latencySum += min(latency, longest)
    }

    mutating func unanswered(sentAt: ContinuousClock.Instant) {
        guard let start, sentAt >= start else { return }
        unanswered += 1
    }
}
