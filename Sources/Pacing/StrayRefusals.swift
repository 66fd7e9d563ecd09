/// Recognises refusals that have nothing to do with the rate, and the rate to go on with then.
///
/// Some come whatever the rate is: from a bad node, or a quota that others share. Each looks like a new limit, and going
/// below it avoids none of them, so a few in a row would bring a run to a crawl. What gives them away: they go on at the
/// slowest rate that PingOne's limits leave sense in, and yet are rare. From then on they are only waited for, and the
/// rate grows as long as they become no more frequent with it. Where they do, it goes back a step; where they are too
/// frequent even there, a limit has been met, and the search for it goes on. The next doubt then has to wait, twice as
/// long each time.
struct StrayRefusals: Sendable {
    /// A lower rate is not called for while refusals are rare.
    let slowest: Double
    /// Where refusals are more frequent than one in so many requests, the rate is lowered whatever they come from.
    private static let fewestRequests = 8
    /// So many refusals tell how frequent they are: their distances vary as chance does.
    private static let sample = 4
    private static let firstWait = 30.0

    private enum State {
        case watching
        /// Refusals are only waited for; there are usually so many requests to one.
        case growing(usual: Int)
        case settled(usual: Int)
    }

    private var state = State.watching
    /// The requests between the last refusals.
    private var distances: [Int] = []
    /// Seconds until refusals may be doubted again, and how long that was.
    private var left = 0.0
    private var wait = firstWait

    /// - Parameter slowest: requests per second; below all limits that PingOne has.
    init(slowest: Double) {
        self.slowest = slowest
    }

    /// Forgets all, because the rate is now lowered for another reason.
    mutating func reset() {
        state = .watching
        distances = []
    }

    /// Whether refusals have lately been so rare that a rate below ``slowest`` is not called for.
    private(set) var areRare = true

    /// Notes a refusal.
    ///
    /// - Parameters:
    ///   - rate: the rate in force.
    ///   - seconds: since the refusal before.
    ///   - sent: requests since then.
    /// - Returns: the rate to go on with; nil to search for the limit as usual.
    mutating func refused(rate: Double, seconds: Double, sent: Int) -> Double? {
        left -= seconds
        distances = (distances + [sent]).suffix(Self.sample)
        let mean = distances.reduce(0, +) / distances.count
        areRare = distances.count < Self.sample || mean >= Self.fewestRequests
        switch state {
        case .watching:
            guard rate <= 1.05 * slowest, distances.count == Self.sample, areRare, left <= 0 else { return nil }
            return next(.growing(usual: mean), rate)
        case .growing(let usual), .settled(let usual):
            guard distances.count == Self.sample else { return rate }
            let isRareStill = mean >= max(usual / 4, Self.fewestRequests)
            switch state {
            case .growing where isRareStill && rate < 4 * Double(usual): return next(state, 2 * rate)
            case .growing where !isRareStill: return next(.settled(usual: usual), rate / 2)
            case _ where isRareStill: return next(state, rate)
            default: break
            }
            reset()
            left = wait
            wait *= 2
            return nil
        }
    }

    private mutating func next(_ state: State, _ rate: Double) -> Double {
        self.state = state
        distances = []
        return rate
    }
}
