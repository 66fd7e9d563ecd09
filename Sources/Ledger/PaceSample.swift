package import FoundationEssentials

/// How fast a run was permitted to be at one moment.
package struct PaceSample: Sendable, Equatable {
    package var at: Date
    /// Requests per second, finite.
    package var rate: Double
    /// A pause that PingOne has asked for and that no earlier sample has; it may be over, or go on beyond `at`.
    package var pause: ClosedRange<Date>?
    /// All HTTP requests to the API since the run began, and the 429 answers among them.
    package var requests: Int
    package var throttled: Int

    package init(at: Date, rate: Double, pause: ClosedRange<Date>? = nil, requests: Int, throttled: Int) {
        self.at = at
        self.rate = rate
        self.pause = pause
        self.requests = requests
        self.throttled = throttled
    }
}
