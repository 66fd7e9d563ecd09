/// One pace for several processes: each of them tells it now and then what it saw, and takes the turns that it can use
/// soon. Pure, driven by instants of a clock that all of them agree on; it is written down between two exchanges.
///
/// What is told is put in order first: an event counts for the search once everybody who is there has told what came before
/// it. Only a refusal counts at once. Requests that left before their process knew of a pause belong to the refusal that has
/// begun it, as in ``Pace`` those that were in flight: by the number of pauses that were known, not by time.
///
/// Turns are instants, evenly spaced, for a quarter of a second ahead; each is given to one process. What was given cannot be
/// taken back, so that another rate holds from the first turn that is laid out after it. In the farther half each process
/// takes no more than its share, in the nearer one what the others have left, so that nothing is lost but what somebody has
/// taken and not used.
struct SharedPace: Sendable, Codable {
    /// What a process has to say.
    struct Ask: Sendable {
        /// Who says it.
        var member: Int64
        /// Told twice, it counts once.
        var number: Int64
        var events: [PaceEvent]
        /// Until when this is everything.
        var toldUntil: ContinuousClock.Instant
        /// How many turns it could use in a `usual` time, and those that it has still.
        var wanted: Int
        var turns: [ContinuousClock.Instant]
        /// The bound that its user has set.
        var maximum: Double
        var isFixed: Bool
        var maxWait: Duration
        var earlier: EarlierPace?
        /// How long it takes until it has the answer.
        var delay: Duration
        /// How many refusals its process had seen, for itself.
        var refusals = 0
    }

    /// What it is told.
    struct Answer: Equatable, Sendable {
        /// New ones, in order.
        var turns: [ContinuousClock.Instant] = []
        /// The least space between two of them where they are made up for.
        var least = Duration.zero
        /// How many pauses there have been: turns from before the last one are void.
        var pauses = 0
        var pausedUntil: ContinuousClock.Instant?
        var refusedSince: ContinuousClock.Instant?
        var rate: Double
        var limitedBy: RateLimitedBy
        var held: HeldRate?
    }

    /// Exchanges are to follow each other by this.
    static let interval = Duration.milliseconds(100)
    /// What a process wants is reckoned for this.
    static let usual = Duration.milliseconds(200)
    /// How late a turn may be used.
    static let lateness = Duration.milliseconds(20)
    /// So much less than the bound is given: where each turn is late by something else, a second would hold more.
    private static let reserve = 1.025
    /// A pace in which nobody had part for so long begins anew.
    private static let lifetime = Duration.seconds(60)

    private var members = PaceMembers()
    private var isFixed: Bool
    private var search: AutoRate
    private var isWarm = false
    private var pause: ServerPause
    /// How many refusals have begun a pause.
    private var pauses = 0
    /// When the answer came that began the last one.
    private var lastRefusal: ContinuousClock.Instant?
    private var events = PaceEvents()
    /// Until when events have counted for the search.
    private var replayed: ContinuousClock.Instant
    private var slots: TurnSlots
    /// The rate for which turns are laid out, and the first of them.
    private var rate: Double
    private var rateFrom: ContinuousClock.Instant
    private var updated: ContinuousClock.Instant

    /// `ask`: from the one who begins it. `old`: the one before it; what the server has asked for, holds.
    private init(for ask: Ask, at now: ContinuousClock.Instant, after old: SharedPace? = nil) {
        isFixed = ask.isFixed
        search = AutoRate(Self.setting(maximum: ask.maximum, isFixed: ask.isFixed))
        // Where the clock was set back, what is left of the pause by the old one.
        let left = old.flatMap { old in old.pause.until.map { old.updated.duration(to: $0) } } ?? .zero
        pause = ServerPause(until: left > .zero ? min(old?.pause.until ?? now, now + left) : nil)
        pauses = old.map { $0.pauses + 1 } ?? 0
        replayed = now
        // What the old one has given may be used still.
        slots = TurnSlots(startingAt: old == nil ? now : now + .seconds(1))
        rate = search.rate
        rateFrom = now
        updated = now
    }

    /// The exchange by which everything happens. All instants are those of the shared clock.
    ///
    /// `pace`: what was written down last; nil where there is none, or none that can be read. `random`: for the backoff that
    /// takes the place of a missing Retry-After.
    static func exchange(
        _ pace: inout SharedPace?,
        _ ask: Ask,
        at instant: ContinuousClock.Instant,
        using random: inout some RandomNumberGenerator
    ) -> Answer {
        var current =
            if let pace, pace.updated + lifetime > instant, pace.updated < instant + .seconds(2) {
                pace
            } else {
                SharedPace(for: ask, at: instant, after: pace)
            }
        defer { pace = current }
        return current.exchange(ask, at: max(instant, current.updated), using: &random)
    }

    private mutating func exchange(
        _ ask: Ask,
        at now: ContinuousClock.Instant,
        using random: inout some RandomNumberGenerator
    ) -> Answer {
        updated = now
        let isNew = members.member(ask.member).map { $0.told < ask.number } ?? true
        members.update(
            PaceMembers.Member(
                id: ask.member,
                maximum: ask.maximum,
                isFixed: ask.isFixed,
                wanted: ask.wanted,
                told: ask.number,
                toldUntil: ask.toldUntil,
                seen: now
            )
        )
        keepToBound(at: now)
        if let earlier = ask.earlier, !isWarm {
            isWarm = true
            search.warmUp(from: earlier, at: now)
            keepToRate()
        }
        if isNew {
            for event in ask.events { note(event, maxWait: ask.maxWait, using: &random) }
        }
        replay(until: members.toldUntil(at: now))
        return Answer(
            turns: turns(for: ask, at: now),
            least: .seconds(0.5 / density(at: now)),
            pauses: pauses,
            pausedUntil: pause.until,
            refusedSince: pause.refusedSince,
            rate: search.rate,
            limitedBy: limitedBy,
            held: search.held(at: now)
        )
    }

    private var limitedBy: RateLimitedBy {
        guard search.isAtMaximum else { return search.limitedBy }
        return isFixed ? .rateFlag : .maxRate
    }

    private static func setting(maximum: Double, isFixed: Bool) -> RateSetting {
        isFixed ? .fixed(maximum) : .auto(max: maximum.isFinite ? maximum : nil)
    }

    private mutating func keepToBound(at now: ContinuousClock.Instant) {
        let bound = members.bound
        // Turns at the rate that was too high for it have been given: their second is to be over first.
        if bound.maximum < rate { slots.goOn(at: max(slots.next, now) + .seconds(1)) }
        if bound.isFixed != isFixed {
            isFixed = bound.isFixed
            var other = AutoRate(Self.setting(maximum: bound.maximum, isFixed: isFixed))
            other.warmUp(from: EarlierPace(held: rate), at: now)
            search = other
        } else if bound.maximum != search.maximum {
            search.setMaximum(bound.maximum)
        }
        keepToRate()
    }

    /// Another rate holds from the next turn on that is laid out.
    private mutating func keepToRate() {
        guard search.rate != rate else { return }
        rate = search.rate
        rateFrom = slots.next
    }
}

extension SharedPace {
    private mutating func note(
        _ event: PaceEvent,
        maxWait: Duration,
        using random: inout some RandomNumberGenerator
    ) {
        let isNew = event.pauses >= pauses
        switch event.what {
        case .answer(.throttled(let retryAfter)):
            let until = pause.until
            _ = pause.refused(retryAfter: retryAfter, isNew: isNew, at: event.at, maxWait: maxWait, using: &random)
            if isNew {
                refused(event)
            } else {
                events.append(event)
            }
            if isNew || pause.until != until, let end = pause.until {
                slots.forgetAll()
                slots.goOn(at: end)
                keepToRate()
            }
        case .answer(.answered) where isNew:
            pause.answered()
            events.append(event)
        case .turn, .answer:
            events.append(event)
        }
    }

    private mutating func refused(_ event: PaceEvent) {
        replay(until: event.at)
        replayed = max(replayed, event.at)
        search.refused(
            sentAt: min(event.sentAt, replayed),
            at: replayed,
            inLastSecond: slots.given.countInSecond(before: event.sentAt),
            pause: max(.zero, replayed.duration(to: pause.until ?? replayed))
        )
        pauses += 1
        lastRefusal = replayed
    }

    private mutating func replay(until instant: ContinuousClock.Instant) {
        for event in events.removeAll(until: instant) {
            replayed = max(replayed, event.at)
            switch event.what {
            case .turn:
                // Turns at the rate before prove nothing about this one.
                if event.at >= rateFrom { search.turnUsed(at: event.at) }
            case .answer(.answered(let latency)):
                search.answered(latency: latency, sentAt: place(event), at: replayed)
            case .answer(.unanswered):
                search.unanswered(sentAt: place(event), at: replayed)
            case .answer(.throttled):
                search.refusedToo()
            }
            keepToRate()
        }
    }

    /// When its request was sent, as it looks to the search: before or after the last refusal was known.
    private func place(_ event: PaceEvent) -> ContinuousClock.Instant {
        guard let lastRefusal else { return event.sentAt }
        return event.pauses < pauses ? min(event.sentAt, lastRefusal) : max(event.sentAt, lastRefusal + .nanoseconds(1))
    }
}

extension SharedPace {
    /// Turns a second that are laid out: no more than could be used by far.
    private func density(at now: ContinuousClock.Instant) -> Double {
        min(search.rate, search.maximum / Self.reserve, Double(2 * members.wanted(at: now) + 10) / Self.usual.inSeconds)
    }

    private mutating func turns(for ask: Ask, at now: ContinuousClock.Instant) -> [ContinuousClock.Instant] {
        guard ask.wanted > 0 else { return [] }
        // The nearer stretch reaches as far as this process's next answer, and a little farther.
        let stretch = max(Self.interval, ask.delay)
        let middle = now + stretch + ask.delay * 2 + .milliseconds(20)
        let end = middle + stretch
        layOut(until: end, at: now)
        func usable(_ count: Double, from start: ContinuousClock.Instant, to end: ContinuousClock.Instant) -> Double {
            count * start.seconds(to: end) / Self.usual.inSeconds
        }
        let supply = density(at: now) * Self.usual.inSeconds
        let share = members.share(of: supply, for: ask.wanted, at: now)
        let near = Int(usable(Double(ask.wanted), from: now, to: middle).rounded(.up))
        let far = Int(usable(share, from: middle, to: end))
        let hasNear = ask.turns.count { $0 < middle }
        return slots.take(near - hasNear, from: now + ask.delay, to: middle)
            + slots.take(far - (ask.turns.count - hasNear), from: middle, to: end)
    }

    private mutating func layOut(until end: ContinuousClock.Instant, at now: ContinuousClock.Instant) {
        slots.forget(before: now)
        let first = max(now, pause.until ?? now)
        slots.goOn(at: first)
        while slots.next < end {
            search.turnIsDue(at: first)
            keepToRate()
            slots.layOut(spacing: .seconds(1 / density(at: now)))
        }
    }
}
