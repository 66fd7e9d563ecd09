/// One process's part of a pace that several share: the turns it has been given, and what it has to tell. Pure.
///
/// A turn that is not used in time is gone. After a refusal all turns are void until the others have been told of it.
struct TurnShare: Sendable {
    /// How often to look whether there are new turns: they may come before those that are there.
    private static let nextLook = Duration.milliseconds(5)
    /// During a long pause there is less to say.
    private static let pausedInterval = Duration.seconds(1)
    /// So long after an exchange that came to nothing, the next one is tried.
    private static let afterFailure = Duration.milliseconds(200)

    private let member: Int64
    private let isFixed: Bool
    private let maxWait: Duration
    private var maximum: Double
    private var earlier: EarlierPace?

    /// In order, by this machine's clock, as everything here.
    private var turns: ArraySlice<ContinuousClock.Instant> = []
    private var lastTurn: ContinuousClock.Instant?
    /// When a turn was used last, and when one was wanted last and not there.
    private var used: ContinuousClock.Instant?
    private var missed: ContinuousClock.Instant?

    /// Requests that left and have not ended, and how long they take of late.
    private var inFlight = 0
    private var latency = SharedPace.usual

    private var untold: [PaceEvent] = []
    /// What is being told, until it is certain that it was heard.
    private var telling: (number: Int64, events: [PaceEvent], until: ContinuousClock.Instant)?
    private var number: Int64 = 0

    /// What the last exchange has brought.
    private var latest: SharedPace.Answer
    private var pausedUntil: ContinuousClock.Instant?
    /// How many pauses were known, and since when.
    private var knowledge: [(pauses: Int, since: ContinuousClock.Instant)] = []
    /// A refusal that the others do not know of: how many there were of these.
    private var isRefused = false
    private var refusals = 0
    private var throttled = 0

    private var lastExchange: ContinuousClock.Instant?
    private var delay = Duration.milliseconds(5)
    private var hasFailed = false

    /// `member`: another number for each process.
    init(member: Int64, _ setting: RateSetting, maxWait: Duration) {
        self.member = member
        self.maxWait = maxWait
        isFixed = if case .fixed = setting { true } else { false }
        maximum = setting.maximum
        latest = SharedPace.Answer(rate: setting.start, limitedBy: isFixed ? .rateFlag : .growth)
    }
}

extension TurnShare {
    /// Takes the next turn if it is due.
    mutating func takeTurn(at now: ContinuousClock.Instant) -> Pace.Turn {
        forgetLateTurns(at: now)
        guard let turn = turns.first else {
            missed = now
            return .wait(until: now + Self.nextLook)
        }
        let due = max(turn, lastTurn.map { $0 + latest.least } ?? turn)
        guard now >= due else { return .wait(until: min(due, now + Self.nextLook)) }
        _ = turns.popFirst()
        lastTurn = now
        used = now
        inFlight += 1
        untold.append(PaceEvent(what: .turn, at: now, sentAt: now, pauses: latest.pauses))
        return .go
    }

    mutating func turnWasNotUsed() {
        inFlight -= 1
    }

    private mutating func forgetLateTurns(at now: ContinuousClock.Instant) {
        while let turn = turns.first, turn + SharedPace.lateness < now { _ = turns.popFirst() }
    }

    /// Notes how a request ended.
    ///
    /// - Returns: a reason to stop the run, nil to go on.
    mutating func record(
        _ answer: PacedAnswer,
        sentAt: ContinuousClock.Instant,
        at now: ContinuousClock.Instant
    ) -> PacingStop? {
        let pauses = knowledge.last { $0.since <= sentAt }?.pauses ?? knowledge.first?.pauses ?? 0
        untold.append(PaceEvent(what: .answer(answer), at: now, sentAt: sentAt, pauses: pauses))
        inFlight -= 1
        guard case .throttled(let retryAfter) = answer else {
            latency += (sentAt.duration(to: now) - latency) / 16
            return nil
        }
        throttled += 1
        let pause = max(retryAfter ?? .zero, .zero)
        let longer = (pausedUntil ?? now).duration(to: now + pause)
        if pauses == latest.pauses && !isRefused || longer > SharedPace.interval {
            isRefused = true
            refusals += 1
            turns = []
        }
        pausedUntil = max(now + pause, pausedUntil ?? now)
        turns.removeAll { $0 < now + pause }
        if pause > maxWait { return .pauseTooLong(wait: pause) }
        return refusedTooLong(at: now, suggestedWait: pause)
    }

    /// Why nobody should wait any longer: another process was told to wait for too long.
    func reasonNotToWait(at now: ContinuousClock.Instant) -> PacingStop? {
        let left = pausedUntil.map { now.duration(to: $0) } ?? .zero
        return left > maxWait ? .pauseTooLong(wait: left) : nil
    }

    private func refusedTooLong(at now: ContinuousClock.Instant, suggestedWait: Duration) -> PacingStop? {
        guard let since = latest.refusedSince, since.duration(to: now) >= maxWait else { return nil }
        return .throttledTooLong(lasted: since.duration(to: now), suggestedWait: suggestedWait)
    }

    mutating func warmUp(from earlier: EarlierPace) {
        self.earlier = earlier
    }

    mutating func setMaximum(_ rate: Double) {
        maximum = rate
    }

    func snapshot(at now: ContinuousClock.Instant) -> PacingSnapshot {
        PacingSnapshot(
            rate: latest.rate,
            limitedBy: hasFailed ? .ledger : latest.limitedBy,
            pausedUntil: pausedUntil.flatMap { $0 > now ? $0 : nil },
            throttled: throttled,
            held: latest.held
        )
    }
}

extension TurnShare {
    /// When the next exchange is due; nil as long as there is nothing to say and nothing to ask for.
    ///
    /// `waiting`: how many wait for a turn.
    func nextExchange(at now: ContinuousClock.Instant, waiting: Int) -> ContinuousClock.Instant? {
        guard let lastExchange else { return wants(at: now, waiting) || !untold.isEmpty ? now : nil }
        if hasFailed { return lastExchange + Self.afterFailure }
        if isRefused { return now }
        guard telling != nil || !untold.isEmpty || wants(at: now, waiting) else { return nil }
        let soon = lastExchange + SharedPace.interval
        guard let pausedUntil else { return soon }
        return max(soon, min(lastExchange + Self.pausedInterval, pausedUntil - SharedPace.interval * 2))
    }

    private func wants(at now: ContinuousClock.Instant, _ waiting: Int) -> Bool {
        waiting > 0 || [missed, used].contains { $0.map { $0 + SharedPace.usual > now } ?? false }
    }

    /// What all who wait or have a request in flight could use in a usual time, by how long a request takes.
    private func wanted(at now: ContinuousClock.Instant, _ waiting: Int) -> Int {
        let isMissing = missed.map { $0 + Self.nextLook + Self.nextLook > now } ?? false
        let waiting = max(waiting, isMissing ? 1 : 0)
        let usable = Double(waiting + inFlight) * (SharedPace.usual / max(latency, .milliseconds(1)))
        // Where nobody waits, it is no harm to wait a little.
        return Int(usable.rounded(waiting > 0 ? .up : .down))
    }

    /// What to say and to ask for now, by this machine's clock.
    mutating func ask(at now: ContinuousClock.Instant, waiting: Int) -> SharedPace.Ask {
        lastExchange = now
        forgetLateTurns(at: now)
        let telling = telling ?? (number: number + 1, events: untold, until: now)
        if self.telling == nil {
            self.telling = telling
            number += 1
            untold = []
        }
        return SharedPace.Ask(
            member: member,
            number: telling.number,
            events: telling.events,
            toldUntil: telling.until,
            wanted: wanted(at: now, waiting),
            turns: Array(turns),
            maximum: maximum,
            isFixed: isFixed,
            maxWait: maxWait,
            earlier: earlier,
            delay: delay,
            refusals: refusals
        )
    }

    /// Takes what has been given.
    ///
    /// `asked`: what it answers. `answer`: by this machine's clock.
    mutating func take(_ answer: SharedPace.Answer, to asked: SharedPace.Ask, at now: ContinuousClock.Instant) {
        hasFailed = false
        telling = nil
        if let lastExchange {
            delay = min(max((lastExchange.duration(to: now) + delay) / 2, .milliseconds(1)), .milliseconds(500))
        }
        // What was given before the others knew of a refusal is void.
        let knowsAll = asked.refusals == refusals
        if answer.pauses != latest.pauses || knowledge.isEmpty {
            if answer.pauses != latest.pauses { turns = [] }
            knowledge = (knowledge + [(pauses: answer.pauses, since: now)]).suffix(8)
        }
        latest = answer
        guard knowsAll else { return }
        isRefused = false
        if let end = answer.pausedUntil { pausedUntil = max(end, pausedUntil ?? end) }
        turns = (turns + answer.turns).sorted()[...]
    }

    /// Notes that it is not known whether what was told has been heard; turns that it may have brought are lost.
    mutating func exchangeFailed() {
        hasFailed = true
    }
}

extension SharedPace.Ask {
    /// The same by a clock that is ahead by `offset`.
    func moved(by offset: Duration) -> Self {
        var ask = self
        ask.events = events.map { $0.moved(by: offset) }
        ask.toldUntil += offset
        ask.turns = turns.map { $0 + offset }
        return ask
    }
}

extension SharedPace.Answer {
    /// The same by a clock that is behind by `offset`.
    func moved(back offset: Duration) -> Self {
        var answer = self
        answer.turns = turns.map { $0 - offset }
        answer.pausedUntil = pausedUntil.map { $0 - offset }
        answer.refusedSince = refusedSince.map { $0 - offset }
        return answer
    }
}
