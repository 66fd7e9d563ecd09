/// A rate that a run has kept to, for the runs after it.
package struct HeldRate: Equatable, Sendable {
    /// Requests per second, above zero.
    package var rate: Double
    /// Whether PingOne does not permit more: more was refused. Otherwise there was no reason to try.
    package var isLimit: Bool

    package init(rate: Double, isLimit: Bool) {
        self.rate = rate
        self.isLimit = isLimit
    }
}

/// What earlier runs tell about the rate that is permitted.
package struct EarlierPace: Equatable, Sendable {
    /// What the last run has held, in requests per second.
    package var held: Double
    /// What the last run has held that was refused more; nil if none was. Less than `held`, it is no longer true.
    package var limit: Double?

    package init(held: Double, limit: Double? = nil) {
        self.held = held
        self.limit = limit
    }
}
