package import FoundationEssentials

/// The rate that was in force at one moment of a run.
package struct PaceSample: Sendable, Equatable {
    package var at: Date
    /// Requests per second, finite.
    package var rate: Double
    /// A pause that PingOne has asked for and that no earlier sample has; it may be over, or go on beyond `at`.
    package var pause: ClosedRange<Date>?
    /// All HTTP requests to the API since the run began, and the 429 answers among them.
    package var requests: Int
    package var throttled: Int
    /// The rate that the run has kept to so far, finite; nil if it was too early to say.
    package var held: Double?
    /// Whether more than `held` was refused.
    package var heldIsLimit: Bool

    package init(
        at: Date,
        rate: Double,
        pause: ClosedRange<Date>? = nil,
        requests: Int,
        throttled: Int,
        held: Double? = nil,
        heldIsLimit: Bool = false
    ) {
        self.at = at
        self.rate = rate
        self.pause = pause
        self.requests = requests
        self.throttled = throttled
        self.held = held
        self.heldIsLimit = heldIsLimit
    }
}

/// The rates that runs have kept to.
package struct HeldRates: Sendable, Equatable {
    /// That of the last run that has held one, in requests per second.
    package var last: Double
    /// That of the last run that was refused more; nil if none was.
    package var limit: Double?

    package init(last: Double, limit: Double? = nil) {
        self.last = last
        self.limit = limit
    }
}
