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

    package init(at: Date, rate: Double, pause: ClosedRange<Date>? = nil, requests: Int, throttled: Int) {
        self.at = at
        self.rate = rate
        self.pause = pause
        self.requests = requests
        self.throttled = throttled
    }
}

extension Ledger {
    /// Hands in the rate that is in force, and returns at once; committed with what else waits, as for
    /// ``record(_:for:completion:)``. Nobody is told when that fails, but every later call throws the error.
    package func note(_ sample: PaceSample) {
        committer.enqueue(.init(change: .notePace(sample), completion: nil))
    }
}
