/// What PingOne permits, in requests per second, as far as its refusals tell; from looks at a run, one after the other.
///
/// That is another thing than the rate in force, which may be lower for many reasons: a full window, latency, `--max-rate`.
/// What is permitted lies between the rate that was refused and the one that got through next; where these are far from
/// each other, at the lower one. What gets through above that later is permitted too.
package struct PermittedRate: Equatable, Sendable {
    /// What a run was at one moment.
    package struct Look: Equatable, Sendable {
        /// In force, in requests per second.
        package var rate: Double
        /// All requests since the run began, and the 429 answers among them.
        package var requests: Int
        package var throttled: Int

        package init(rate: Double, requests: Int, throttled: Int) {
            self.rate = rate
            self.requests = requests
            self.throttled = throttled
        }
    }

    /// A refused rate that is higher than this many times the one that gets through says nothing about the limit.
    private static let close = 1.25

    /// Nil until PingOne has refused a rate and let another one through.
    package private(set) var value: Double?
    /// The rate that was refused last, until another one has got through.
    private var refused: Double?
    private var last: Look?

    package init() {}

    /// `look`: later than the one before it.
    package mutating func note(_ look: Look) {
        defer { last = look }
        guard let last else { return }
        let refusals = look.throttled - last.throttled
        // Where nothing gets through a window is full, and every rate is refused.
        guard look.requests - last.requests > refusals else { return }
        let held = min(last.rate, look.rate)
        if refusals > 0 {
            refused = last.rate
        } else if let refused {
            value = refused <= held * Self.close ? max(held, (held + refused) / 2) : held
            self.refused = nil
        } else if let value {
            self.value = max(value, held)
        }
    }
}
