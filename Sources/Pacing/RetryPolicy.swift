/// What to do after an attempt for a row has failed.
package enum RetryDecision: Equatable, Sendable {
    /// Try again, not before this much time has passed.
    case retry(after: Duration)
    /// The attempts are used up.
    case giveUp
}

/// How often a row is tried, and how long to wait between two attempts. Throttling (429) uses up no attempt.
package struct RetryPolicy: Equatable, Sendable {
    /// POSTs for one row, at least 1 (`--attempts`).
    package var maxAttempts: Int
    /// The ceiling of the wait after the first failure; it doubles from failure to failure.
    package var initialBackoff: Duration
    /// The ceiling never goes above this.
    package var maxBackoff: Duration

    /// - Parameters:
    ///   - maxAttempts: at least 1.
    ///   - initialBackoff: above zero.
    ///   - maxBackoff: not below `initialBackoff`.
    package init(
        maxAttempts: Int = 5,
        initialBackoff: Duration = .seconds(1),
        maxBackoff: Duration = .seconds(30)
    ) {
        precondition(maxAttempts >= 1, "a row needs at least one attempt, not \(maxAttempts)")
        precondition(
            initialBackoff > .zero && maxBackoff >= initialBackoff,
            "backoff must grow from above zero, not from \(initialBackoff) to \(maxBackoff)"
        )
        self.maxAttempts = maxAttempts
        self.initialBackoff = initialBackoff
        self.maxBackoff = maxBackoff
    }

    /// Whether to try again, and when: full jitter, but never before the server's Retry-After.
    ///
    /// - Parameters:
    ///   - failedAttempts: attempts for this row that have failed, at least 1.
    ///   - retryAfter: what the server asked for, if it did.
    ///   - random: a generator; a seeded one repeats its waits.
    /// - Returns: the wait before the next attempt, or that there is none.
    package func decision(
        failedAttempts: Int,
        retryAfter: Duration? = nil,
        using random: inout some RandomNumberGenerator
    ) -> RetryDecision {
        guard failedAttempts < maxAttempts else { return .giveUp }
        return .retry(after: max(delay(afterFailures: failedAttempts, using: &random), retryAfter ?? .zero))
    }

    /// Uniform from zero to min(initialBackoff × 2ⁿ⁻¹, maxBackoff), for the n-th failure in a row.
    ///
    /// Source: Marc Brooker, "Exponential Backoff And Jitter",
    /// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    package func delay(afterFailures failures: Int, using random: inout some RandomNumberGenerator) -> Duration {
        precondition(failures >= 1, "a delay follows at least one failure, not \(failures)")
        // Beyond 2²⁰ every backoff has reached its maximum.
        let ceiling = min(initialBackoff * Double(1 << min(failures - 1, 20)), maxBackoff)
        return ceiling * Double.random(in: 0...1, using: &random)
    }
}
