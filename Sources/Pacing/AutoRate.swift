/// Searches the highest rate that PingOne permits, and follows it when it moves.
///
/// Servers count in many ways: buckets of any size, windows of a second or a minute, fixed, sliding or weighted, one node
/// or several. It knows none of them; it goes up while nothing is refused and down when something is, in strides that
/// grow as long as the direction is right:
///
/// - **climbs** at the start, doubling, until the first refusal. What got through of the requests behind it, or else the
///   number in the second before it, tells about where the limit is;
/// - **holds** a rate, and after a while **climbs** from it by 1.5 %, 3 %, 6 % and so on. The first refusal sends it back
///   to about where it came from; after a long stride it **searches** between the last rate that held and the refused one;
/// - where earlier runs have found the limit (``warmUp(from:at:)``), climbs at the start no further than to just below it,
///   and **holds** that for a minute;
/// - goes down by 1.5 %, 4.5 %, 13.5 % and so on where a rate that it holds is refused, but not below what has proven to
///   be permitted (``LetThrough``), unless refusals come so fast that this cannot be true any more.
///
/// What costs is not the refusal but the pause after it, and that depends on the server: a window has lost what the pause
/// did not use, a bucket has saved it. So each refusal is priced, and the next climb waits until its price is less than two
/// percent of the time.
///
/// Where nothing gets through after a refusal, a window is full. Then one request at a time is tried, and no rate is
/// drawn from that, until one gets through: ``Refusals`` tells then how long the window is and what fits into it. From then
/// on, steps take as long as the window, as none of them proves anything before.
///
/// Steps only count when their turns were used: a rate that the workers cannot keep up with is not proven, so it does
/// not grow. Nor does it grow when latency has doubled, or when requests remain unanswered: then the rate goes to just
/// below what was answered, so that the server's queue drains.
///
/// The table of servers it was tried against, with the shares it must reach, is among the tests.
struct AutoRate: Sendable, Codable {
    private enum Phase: Codable {
        /// The next step that holds multiplies the rate by this factor.
        case climbing(by: Double)
        /// Between the best rate that held and this one, which was refused.
        case searching(below: Double)
        case holding(until: ContinuousClock.Instant?)
    }

    /// The limit that earlier runs have found, and whether this one has held it as well.
    private struct KnownLimit: Codable {
        var limit: Double
        var isConfirmed = false
    }

    /// The rate that had been proven before the limit fell, and the longest wait before it is tried again, in seconds.
    private struct LostRate: Codable {
        var rate: Double
        var wait: Double
    }

    /// A lower rate would mean that a run makes no visible progress at all.
    private static let slowest = 0.1
    /// While refusals are rare, the search goes no lower: the smallest limit that PingOne publishes is 10 a second.
    private static let slowestSearched = 9.0
    /// The first rate at which a full window is tried, and the lowest, without and with a pause after each refusal.
    private static let trials = (first: 4.0, slowest: 0.5, slowestWithPauses: 1.0)
    /// How long a step lasts while doubling at the start.
    private static let firstSteps = Duration.seconds(0.2)
    /// How long a step lasts until a rate has been found to hold.
    private static let earlySteps = Duration.seconds(1.1)
    /// How long a later step lasts: longer than two of the server's seconds, as a one-second window that was not yet
    /// counting when the step began needs a whole second more to refuse.
    private static let steps = Duration.seconds(2.1)
    /// A climb may cost one part in so many of the time.
    private static let climbPrice = 60.0
    private static let waits: ClosedRange<Double> = 10...60
    /// The first stride, up and down; the next one up is twice, the next one down three times as long.
    private static let stride = 0.015
    /// A climb does not take longer strides than this where each may cost a minute or is all that is left of a short run.
    private static let carefulStride = 0.12
    /// A longer stride than this leaves too much between the rate that held and the one that was refused.
    private static let longStride = 0.13
    /// A little below what got through, or any jitter is refused.
    private static let margin = 0.98
    /// So many refusals without a rate that held: what was proven is no longer true.
    private static let hurry = 4
    /// A latency of this many times the usual one, and some noise, is saturation.
    private static let saturation = 2.0
    /// No single answer counts as slower: more than half of them must be slow before all of them are.
    private static let slowestCounted = 3.0
    /// What a busy machine adds by itself, in seconds.
    private static let noise = 0.01

    /// The rate that is never exceeded; may be infinite.
    private(set) var maximum: Double
    private let watchesLatency: Bool
    /// While refusals are rare, no lower rate is called for.
    private var slowestSearched: Double

    /// Requests per second while no window is full.
    private var usual: Double
    /// Requests per second while one is; nil if none is.
    private var trial: Double?
    private(set) var limitedBy: RateLimitedBy

    private var phase: Phase
    /// Nothing has been refused yet.
    private var isStarting: Bool
    /// No rate has been held yet.
    private var isEarly: Bool
    /// The rate from which the climb began.
    private var base: Double
    /// The best rate that held.
    private var floor: Double
    private var step = RateStep()
    private var usualLatency: Double?

    /// The rate of the last step that held after a refusal, while it climbs the one from which it began; 0 before that.
    private var lastHeld = 0.0

    private var refusals = Refusals()
    private var letThrough = LetThrough()
    /// Refusals since the last step that held.
    private var refusalsInARow = 0
    /// The requests in the second before the first refusal, until the rate is guessed from it.
    private var beforeFirstRefusal: Int?
    /// The last refusal sent a climb back to where it came from, so that nothing more is to be learned from it.
    private var isBack = false
    /// Until something is refused.
    private var known: KnownLimit?
    private var lost: LostRate?

    /// - Parameter setting: a fixed rate begins and ends at its own value and leaves latency to the user.
    init(_ setting: RateSetting) {
        maximum = setting.maximum
        usual = setting.start
        floor = setting.start
        base = setting.start
        if case .fixed = setting {
            watchesLatency = false
            isStarting = false
            isEarly = false
            limitedBy = .rateFlag
            slowestSearched = setting.maximum / 4
            phase = .holding(until: nil)
        } else {
            watchesLatency = true
            isStarting = true
            isEarly = true
            limitedBy = .growth
            slowestSearched = Self.slowestSearched
            phase = .climbing(by: 2)
        }
    }

    /// Requests per second in force now.
    var rate: Double {
        trial ?? usual
    }

    /// Whether the user's own bound is what is in force.
    var isAtMaximum: Bool {
        rate >= maximum
    }

    /// Begins just below what an earlier run has held; before anything has been refused. A fixed rate stays what it is.
    mutating func warmUp(from earlier: EarlierPace, at now: ContinuousClock.Instant) {
        guard isStarting, watchesLatency, !refusals.areSeen, earlier.held.isFinite else { return }
        known = earlier.limit.flatMap { $0 < earlier.held ? nil : KnownLimit(limit: $0) }
        begin(rate: min(max(usual, earlier.held * Self.margin), startingGoal))
        floor = usual
        if usual >= startingGoal { holdKnown(at: now) }
    }

    /// What this run has held so far; nil if it is too early to say.
    ///
    /// Once something has been refused it is not more than what got through: in a short run bursts hide the limit.
    mutating func held(at now: ContinuousClock.Instant) -> HeldRate? {
        if known?.isConfirmed == true || refusals.areSeen {
            let rate = max(lastHeld, min(usual, floor, letThrough.bestRate(at: now)), known?.limit ?? 0)
            return rate > 0 ? HeldRate(rate: rate, isLimit: true) : nil
        }
        let proven = letThrough.provenRate(at: now)
        return proven > 0 ? HeldRate(rate: min(usual, proven), isLimit: false) : nil
    }

    /// So far the rate is doubled without a refusal.
    private var startingGoal: Double {
        known.map { $0.limit * Self.margin } ?? .infinity
    }

    private mutating func holdKnown(at now: ContinuousClock.Instant) {
        limitedBy = .pingOne
        isStarting = false
        isEarly = false
        slowestSearched = min(slowestSearched, usual)
        (base, floor) = (usual, usual)
        phase = .holding(until: now + .seconds(Self.waits.upperBound))
        begin(rate: usual)
    }

    /// Another bound from now on. The search goes on where the old one had held it up.
    mutating func setMaximum(_ rate: Double) {
        let isRaised = rate > maximum
        maximum = rate
        trial = trial.map { min($0, rate) }
        if usual > rate { begin(rate: rate) }
        if isRaised, case .holding(nil) = phase { phase = .climbing(by: 2) }
    }

    mutating func turnTaken(at now: ContinuousClock.Instant) {
        turnIsDue(at: now)
        turnUsed(at: now)
    }

    /// Before a turn is given: what a pause before it has to say about the rate.
    mutating func turnIsDue(at now: ContinuousClock.Instant) {
        if let beforeFirstRefusal { guess(from: beforeFirstRefusal) }
        if !isBack, let least = refusals.afterLongPause(at: now) {
            lower(to: max(least * Self.margin, letThrough.provenRate(at: now)))
        }
    }

    /// A request left with a turn that was due before.
    mutating func turnUsed(at now: ContinuousClock.Instant) {
        refusals.turnTaken(at: now)
        step.turnTaken(at: now)
    }

    mutating func answered(latency: Duration, sentAt: ContinuousClock.Instant, at now: ContinuousClock.Instant) {
        letThrough.note(at: now)
        if refusals.passed(sentAt: sentAt) { resumed(at: now) }
        let longest = usualLatency.map { Duration.seconds(Self.slowestCounted * $0 + 2 * Self.noise) } ?? latency
        step.answered(latency: latency, sentAt: sentAt, atMost: longest)
        finishStepIfDue(at: now)
    }

    mutating func unanswered(sentAt: ContinuousClock.Instant, at now: ContinuousClock.Instant) {
        step.unanswered(sentAt: sentAt)
        finishStepIfDue(at: now)
    }

    /// A refusal that belongs to the one before it.
    mutating func refusedToo() {
        refusals.refusedToo()
    }

    /// A refusal that does not belong to the one before it.
    ///
    /// - Parameters:
    ///   - sentAt: when the refused request was sent.
    ///   - now: when its answer came.
    ///   - inLastSecond: the turns taken in the second before `sentAt`.
    ///   - pause: how long nothing will be sent now.
    mutating func refused(
        sentAt: ContinuousClock.Instant,
        at now: ContinuousClock.Instant,
        inLastSecond: Int,
        pause: Duration
    ) {
        limitedBy = .pingOne
        refusals.refused(sentAt: sentAt, at: now, rate: usual)
        known = nil
        if refusals.isDry {
            let slowest = pause > .seconds(0.5) ? Self.trials.slowestWithPauses : Self.trials.slowest
            trial = min(usual, max(trial.map { $0 / 2 } ?? Self.trials.first, slowest))
            step = RateStep()
            return
        }
        refusalsInARow += 1
        if refusalsInARow == Self.hurry {
            lost = LostRate(
                rate: max(letThrough.provenRate(at: now), lost?.rate ?? 0),
                wait: Self.waits.lowerBound
            )
            letThrough.forget()
        }
        isBack = false
        if isStarting {
            isStarting = false
            beforeFirstRefusal = inLastSecond
            step = RateStep()
        } else {
            goDown(at: now, resumingAt: now + pause)
        }
    }

    private mutating func goDown(at now: ContinuousClock.Instant, resumingAt instant: ContinuousClock.Instant) {
        switch phase {
        case .climbing where refusals.isWindowLong:
            isBack = true
            let filled = letThrough.rate(over: refusals.window, at: now)
            settle(at: max(base, min(usual * (1 - Self.stride), filled * (Self.margin - 0.005))), from: instant)
        case .climbing where isEarly:
            let wasGuess = floor == usual
            settle(at: wasGuess ? usual * 0.94 : floor * 0.99, from: instant)
        case .climbing(let factor) where factor > 1 + Self.longStride:
            floor = max(floor, letThrough.provenRate(at: now))
            narrow(below: usual, from: instant)
        case .climbing:
            isBack = true
            settle(at: (base * floor).squareRoot(), from: instant)
        case .searching where floor < usual:
            narrow(below: usual, from: instant)
        case .holding, .searching:
            var stride = Self.stride
            for _ in 1..<min(refusalsInARow, 5) { stride *= 3 }
            floor = max(usual * (1 - min(stride, 0.5)), letThrough.provenRate(at: now))
            phase = .searching(below: usual)
            begin(rate: floor)
        }
    }

    /// The first rate after the first refusal of the run.
    private mutating func guess(from inLastSecond: Int) {
        beforeFirstRefusal = nil
        // Half a request more, for what was refused lies between that many and one more.
        let counted = (Double(inLastSecond) + 0.5) * 0.97
        let guess = min(usual * 0.9, refusals.shareInFlight.map { $0 * usual } ?? counted)
        phase = .climbing(by: 1.06)
        begin(rate: guess)
        (base, floor) = (usual, usual)
    }

    /// A request got through again.
    private mutating func resumed(at now: ContinuousClock.Instant) {
        if trial != nil {
            trial = nil
            step = RateStep()
        }
        guard let (throughput, isNew) = refusals.resumed(at: now), isNew || !isBack else { return }
        let least = max(throughput.lowerBound * Self.margin, letThrough.provenRate(at: now))
        let most = max(throughput.upperBound * Self.margin, least)
        lower(to: (least * most).squareRoot())
        guard usual <= most else { return }
        (base, floor) = (least, least)
        phase =
            most > 1.1 * least
            ? .climbing(by: 1.06) : .holding(until: now + .seconds(max(Self.waits.lowerBound, refusals.window)))
    }

    private mutating func lower(to rate: Double) {
        guard rate < usual else { return }
        begin(rate: rate)
        (base, floor) = (usual, usual)
    }

    private mutating func finishStepIfDue(at now: ContinuousClock.Instant) {
        guard trial == nil, let start = step.start, step.outcomes >= 2 else { return }
        guard start.duration(to: now) >= stepLength else { return }
        let seconds = start.seconds(to: now)
        if watchesLatency, isSaturated() {
            // How many arrive in a step is uncertain by one.
            giveWay(to: Double(step.arrived + 1) / seconds, at: now)
        } else if Double(step.sent + 1) < 0.85 * rate * seconds {
            if case .climbing = phase {
                limitedBy = .client
            }
            begin(rate: rate)
        } else {
            refusalsInARow = 0
            stepHeld(at: now)
        }
    }

    private var stepLength: Duration {
        if isStarting { return Self.firstSteps }
        guard refusals.isWindowLong else { return isEarly ? Self.earlySteps : Self.steps }
        // Long strides go wrong soon enough.
        if case .climbing(let factor) = phase, factor > 1.05 { return max(Self.steps, .seconds(refusals.window / 4)) }
        return .seconds(refusals.window)
    }

    private mutating func stepHeld(at now: ContinuousClock.Instant) {
        if refusals.areSeen {
            let isTrying = if case .climbing = phase { !isEarly } else { false }
            lastHeld = min(isTrying ? base : usual, letThrough.bestRate(at: now))
        }
        switch phase {
        case .climbing(let factor):
            floor = usual
            if isAtMaximum {
                phase = .holding(until: nil)
                begin(rate: usual)
            } else if isStarting, usual >= startingGoal {
                holdKnown(at: now)
            } else {
                let isCareful = !isStarting && (isEarly || refusals.isWindowLong)
                phase = .climbing(by: 1 + min(2 * (factor - 1), isCareful ? Self.carefulStride : 1))
                begin(rate: isStarting ? min(usual * factor, startingGoal) : usual * factor)
            }
        case .searching(let refused):
            floor = usual
            narrow(below: refused, from: now)
        case .holding(let until):
            if usual >= startingGoal { known?.isConfirmed = true }
            guard let until, now >= until, !isAtMaximum else { return begin(rate: usual) }
            base = usual
            phase = .climbing(by: 1 + 2 * Self.stride)
            begin(rate: max(usual * (1 + Self.stride), (lost?.rate ?? 0) * (1 - Self.stride)))
        }
    }

    /// The next step between the floor and what was refused, or the end of the search if they are close enough.
    private mutating func narrow(below refused: Double, from instant: ContinuousClock.Instant) {
        // One percent below what was refused: jitter on the way makes more of it.
        let top = refused * 0.99
        if floor >= top * (1 - Self.stride) {
            settle(at: min(floor, top), from: instant)
        } else {
            phase = .searching(below: refused)
            begin(rate: (floor + top) / 2)
        }
    }

    /// Holds a rate until the next climb is worth its price.
    private mutating func settle(at rate: Double, from instant: ContinuousClock.Instant) {
        var wait = isEarly ? 0 : min(Self.climbPrice * refusals.price, Self.waits.upperBound)
        wait = max(wait, Self.waits.lowerBound)
        isEarly = false
        if let (was, soon) = lost.map({ ($0.rate, $0.wait) }) {
            // Little was lost, or it is not coming back soon: then the price alone counts.
            lost = rate < 0.9 * was && soon < wait ? LostRate(rate: was, wait: 2 * soon) : nil
            wait = lost == nil ? wait : soon
        }
        phase = .holding(until: instant + .seconds(wait))
        floor = rate
        begin(rate: rate)
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
        return latency > Self.saturation * usual + Self.noise
    }

    private mutating func giveWay(to throughput: Double, at now: ContinuousClock.Instant) {
        limitedBy = .latency
        isStarting = false
        // If all that is sent is answered there is no queue to drain, only no reason to grow.
        // Never below one per second, from which it still grows again within half a minute.
        let next = throughput < 0.95 * rate ? max(0.9 * throughput, rate / 2, min(rate, 1)) : rate
        begin(rate: next)
        floor = rate
        phase = .holding(until: now + .seconds(Self.waits.lowerBound))
    }

    private mutating func begin(rate newRate: Double) {
        let slowest = limitedBy == .pingOne && refusals.areRare ? slowestSearched : Self.slowest
        usual = min(max(newRate, slowest), maximum)
        step = RateStep()
    }
}
