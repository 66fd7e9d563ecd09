/// Searches the highest rate that PingOne permits, and follows it when it moves.
///
/// It knows three things: the rate in force, a *floor* (the best rate that held) and a *ceiling* (the lowest that was
/// refused), and does one of three things:
///
/// - **climbs** while nothing has been refused: doubles at the start, in steps short enough that the turns of the last
///   second before the first refusal are nearly the limit itself, whatever kind of window the server counts in;
/// - **searches** between floor and ceiling: each step goes to the middle, a step that holds is the new floor, a
///   refusal the new ceiling, until they are some 2 % apart;
/// - **holds** the floor, then probes 3 % above it. A probe that holds climbs on (6 %, 12 %, …).
///
/// What costs is not the refusal but the pause after it, and that depends on the server: a fixed or sliding window has
/// lost what the pause did not use, a token bucket has saved it. So each refusal is priced, as the time since the last
/// one minus the time the same requests would have taken at the floor, and the next probe waits until its price is
/// less than two percent of the time: about a minute for a `Retry-After` of one second from a server that counts
/// windows, 10 s for a bucket. Where a rate that held is suddenly refused, most likely another client takes its part,
/// and the way back is tried after 10 s, 20 s and so on.
///
/// A bucket lets a rate that is too high pass until it is empty. It betrays itself: two different rates, each refused
/// after it had held, with the same number of requests per second from refusal to refusal. That number is the limit.
///
/// Steps only count when their turns were used: a rate that the workers cannot keep up with is not proven, so it does
/// not grow. Nor does it grow when latency has doubled, or when requests remain unanswered: then the rate goes to just
/// below what was answered, so that the server's queue drains.
///
/// Simulated against token buckets, fixed and sliding one-second windows from 10 to 500 permitted per second; the
/// table of these scenarios, with the shares it must reach, is among the tests.
struct AutoRate: Sendable {
    private enum Phase {
        /// The next step that holds multiplies the rate by this factor.
        case climbing(by: Double)
        case searching
        case holding(until: ContinuousClock.Instant?)
    }

    /// A lower rate would mean that a run makes no visible progress at all.
    private static let slowest = 0.1
    /// The search goes below this only for a limit that shows itself: the smallest that PingOne publishes is 10 a second.
    private static let slowestSearched = 8.0
    /// How long a step lasts while doubling at the start.
    private static let firstSteps = Duration.seconds(0.2)
    /// How long a later step lasts: longer than two of the server's seconds, as a one-second window that was not yet
    /// counting when the step began needs a whole second more to refuse.
    private static let steps = Duration.seconds(2.1)
    /// A probe may cost one part in so many of the time.
    private static let probePrice = 60.0
    private static let probeWaits: ClosedRange<Double> = 10...600
    private static let probeFactor = 1.03
    /// The first step of a probe towards a rate that held before the limit fell.
    private static let returnFactor = 1.12
    /// A latency of this many times the usual one, and 10 ms, is saturation rather than noise.
    private static let saturation = 2.0

    private let maximum: Double
    private let watchesLatency: Bool

    /// Requests per second in force now.
    private(set) var rate: Double
    private(set) var limitedBy: RateLimitedBy

    private var phase: Phase
    private var isStarting: Bool
    private var floor: Double
    private var ceiling = Double.infinity
    private var step = RateStep()
    private var usualLatency: Double?

    /// When the last refused request was sent, and how many turns were taken since.
    private var lastRefusal: ContinuousClock.Instant?
    private var sentSinceRefusal = 0
    /// The time from one refusal to the next in seconds, and the requests sent in it.
    private var cycle = (seconds: 0.0, sent: 0.0)
    /// The last rate that was refused after it had held, and the requests per second over that cycle.
    private var lateRefusal: (rate: Double, throughput: Double)?
    private var strays: StrayRefusals
    /// The rate that held before the limit fell, and the longest wait before the next probe towards it.
    private var lost: (rate: Double, wait: Double)?

    /// - Parameter setting: a fixed rate begins and ends at its own value and leaves latency to the user.
    init(_ setting: RateSetting) {
        maximum = setting.maximum
        rate = setting.start
        floor = setting.start
        if case .fixed = setting {
            watchesLatency = false
            isStarting = false
            limitedBy = .rateFlag
            phase = .holding(until: nil)
            strays = StrayRefusals(slowest: setting.maximum / 4)
        } else {
            watchesLatency = true
            isStarting = true
            limitedBy = .growth
            phase = .climbing(by: 2)
            strays = StrayRefusals(slowest: Self.slowestSearched)
        }
    }

    /// Whether the user's own bound is what is in force.
    var isAtMaximum: Bool {
        rate >= maximum
    }

    mutating func turnTaken(at now: ContinuousClock.Instant) {
        sentSinceRefusal += 1
        step.turnTaken(at: now)
    }

    mutating func answered(latency: Duration, sentAt: ContinuousClock.Instant, at now: ContinuousClock.Instant) {
        step.answered(latency: latency, sentAt: sentAt)
        finishStepIfDue(at: now)
    }

    mutating func unanswered(sentAt: ContinuousClock.Instant, at now: ContinuousClock.Instant) {
        step.unanswered(sentAt: sentAt)
        finishStepIfDue(at: now)
    }

    /// A refusal that does not belong to the one before it.
    ///
    /// - Parameters:
    ///   - sentAt: when the refused request was sent.
    ///   - inLastSecond: the turns taken in the second before `sentAt`. No server of the kinds above permits more than
    ///     that, save a bucket, which is corrected by the next refusal.
    ///   - pause: how long nothing will be sent now.
    mutating func refused(sentAt: ContinuousClock.Instant, inLastSecond: Int, pause: Duration) {
        // Half a request more, for what was refused lies between that many and one more. The number tells something
        // only while the rate moves fast; at a steady rate it is the rate, but rounded.
        let measured = Double(inLastSecond) + 0.5
        ceiling = min(ceiling, measured < 0.8 * rate ? measured : rate)
        limitedBy = .pingOne

        var throughput: Double?
        if let lastRefusal {
            cycle = (lastRefusal.seconds(to: sentAt), Double(sentSinceRefusal))
            // Shorter cycles hold too few requests, and less than a whole window, to say anything.
            throughput = cycle.seconds > 1.2 ? min(ceiling, cycle.sent / cycle.seconds) : nil
        } else {
            cycle = (pause.inSeconds, 0)
        }
        let held = throughput.flatMap { sustainedLimit(at: $0) }
        let proven = strays.refused(rate: rate, seconds: cycle.seconds, sent: Int(cycle.sent))
        if case .holding = phase {
            lost = (max(rate, lost?.rate ?? 0), Self.probeWaits.lowerBound)
        }
        lastRefusal = sentAt
        sentSinceRefusal = 0

        if isStarting {
            isStarting = false
            floor = ceiling / 2
            phase = .searching
            begin(rate: ceiling * 0.8)
        } else if let proven {
            ceiling = .infinity
            floor = proven
            lost = nil
            phase = .holding(until: nil)
            begin(rate: proven)
        } else if let held {
            // A little below, or the bucket is never full again and any jitter is refused.
            floor = held * 0.99
            lost = nil
            phase = .holding(until: sentAt + pause + .seconds(Self.probeWaits.lowerBound))
            begin(rate: floor)
        } else {
            if floor >= ceiling {
                floor = ceiling / 2
            }
            floor = max(floor, (throughput ?? 0) * 0.99)
            narrow(from: sentAt + pause)
        }
    }

    /// The limit of a token bucket, if this refusal and the last one that came late agree on it.
    private mutating func sustainedLimit(at throughput: Double) -> Double? {
        guard case .holding = phase else { return nil }
        defer { lateRefusal = (rate, throughput) }
        guard let lateRefusal else { return nil }
        let isAnotherRate = abs(rate - lateRefusal.rate) > 0.03 * rate
        let isSameThroughput = abs(throughput - lateRefusal.throughput) < 0.005 * throughput
        return isAnotherRate && isSameThroughput ? throughput : nil
    }

    private mutating func finishStepIfDue(at now: ContinuousClock.Instant) {
        guard let start = step.start, step.outcomes >= 2 else { return }
        guard start.duration(to: now) >= (isStarting ? Self.firstSteps : Self.steps) else { return }
        let seconds = start.seconds(to: now)
        if watchesLatency, isSaturated() {
            giveWay(to: Double(step.arrived) / seconds, at: now)
        } else if Double(step.sent + 1) < 0.85 * rate * seconds {
            if case .climbing = phase {
                limitedBy = .client
            }
            begin(rate: rate)
        } else {
            stepHeld(at: now)
        }
    }

    private mutating func stepHeld(at now: ContinuousClock.Instant) {
        switch phase {
        case .climbing(let factor):
            floor = rate
            // What was refused once is refused no longer.
            ceiling = .infinity
            if isAtMaximum {
                phase = .holding(until: nil)
                begin(rate: rate)
            } else {
                phase = .climbing(by: min(2, 1 + 2 * (factor - 1)))
                begin(rate: rate * factor)
            }
        case .searching:
            floor = rate
            narrow(from: now)
        case .holding(let until):
            if let until, now >= until, !isAtMaximum {
                let factor = lost == nil ? Self.probeFactor : Self.returnFactor
                phase = .climbing(by: factor)
                begin(rate: rate * factor)
            } else {
                begin(rate: rate)
            }
        }
    }

    /// The next step between floor and ceiling, or the end of the search if they are close enough.
    private mutating func narrow(from instant: ContinuousClock.Instant) {
        // One percent below what was refused: jitter on the way makes more of it.
        let top = ceiling * 0.99
        if floor >= top * 0.985 {
            floor = min(floor, top)
            let price = cycle.seconds - cycle.sent / floor
            var wait = min(max(Self.probePrice * price, Self.probeWaits.lowerBound), Self.probeWaits.upperBound)
            if let (rate, soon) = lost {
                // Little was lost, or it is not coming back soon: then the price alone counts.
                lost = floor < 0.9 * rate && soon < wait ? (rate, 2 * soon) : nil
                wait = min(wait, lost == nil ? wait : soon)
            }
            phase = .holding(until: instant + .seconds(wait))
            begin(rate: floor)
        } else {
            phase = .searching
            begin(rate: (floor + top) / 2)
        }
    }

    private mutating func isSaturated() -> Bool {
        // Single lost connections are no sign of it: a server that is overloaded loses most.
        if step.unanswered * 2 > step.outcomes { return true }
        guard step.answered > 0 else { return false }
        let latency = step.latencySum.inSeconds / Double(step.answered)
        // What is usual may rise by half a percent per step, so that a server that has become slower for good is not
        // taken for a saturated one for ever.
        let usual = min(latency, (usualLatency ?? latency) * 1.005)
        usualLatency = usual
        return latency > Self.saturation * usual + 0.01
    }

    private mutating func giveWay(to throughput: Double, at now: ContinuousClock.Instant) {
        limitedBy = .latency
        isStarting = false
        strays.reset()
        ceiling = .infinity
        // If all that is sent is answered there is no queue to drain, only no reason to grow.
        // Never below one per second, from which it still grows again within half a minute.
        let next = throughput < 0.95 * rate ? max(0.9 * throughput, rate / 2, min(rate, 1)) : rate
        begin(rate: next)
        floor = rate
        phase = .holding(until: now + .seconds(Self.probeWaits.lowerBound))
    }

    private mutating func begin(rate newRate: Double) {
        let slowest = limitedBy == .pingOne && strays.areRare ? strays.slowest : Self.slowest
        rate = min(max(newRate, slowest), maximum)
        step = RateStep()
    }
}
