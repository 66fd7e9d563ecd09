import SeededRandom

@testable import Pacing

/// Several processes that share a pace, against a simulated server: event by event, without threads and without waiting.
struct SharedPacingSimulation {
    /// A process and its workers.
    struct Client {
        var workers = 32
        var setting = RateSetting.auto(max: nil)
        /// From when it is there, in seconds since the beginning, and when it is gone without a word.
        var comes = 0.0
        var dies = Double.infinity
        /// When it has no rows.
        var idle: Range<Double> = -1..<0
        /// How late one wake-up in twenty may be, in seconds; the others are late by 0.3 ms at most.
        var late = 0.000_3
    }

    struct Result {
        struct Sending {
            var at: Double
            var client: Int
        }

        var sent: [Sending] = []
        var answered = 0
        var answeredWarm = 0
        var refused = 0
        /// When refusals came back.
        var refusedAt: [Double] = []
        /// Exchanges of each client.
        var exchanges: [Int]
        var longestText = 0
        var snapshots: [PacingSnapshot] = []

        var refusedShare: Double { Double(refused) / Double(max(answered + refused, 1)) }

        func sent(_ range: Range<Double>, by client: Int? = nil) -> Int {
            sent.count { range.contains($0.at) && (client == nil || $0.client == client) }
        }

        /// The least time from one request to the one after the next `count`; infinite if there are fewer.
        func leastTime(of count: Int, in range: Range<Double> = 0..<(.infinity)) -> Double {
            let sent = sent.filter { range.contains($0.at) }
            return zip(sent, sent.dropFirst(count)).map { $1.at - $0.at }.min() ?? .infinity
        }
    }

    var server: any ServerModel
    var clients: [Client]
    /// Seconds there and back, without what the server adds.
    var latency = 0.05
    /// Up to so many seconds more in each direction, evenly distributed.
    var jitter = 0.0
    /// Seconds to the place of the pace and back: half of it to twice as much.
    var exchange = 0.004
    /// When the place cannot be reached.
    var outage: Range<Double> = -1..<0
    /// What is added to the place's clock, in seconds, from when on.
    var clockSet = (by: 0.0, at: Double.infinity)
    var isWritten = false
    var warmUp = 8.0
    var seed: UInt64 = 1

    func run(seconds: Double) -> Result {
        var run = SharedPacingRun(self)
        return run.go(for: seconds)
    }
}

/// One run of it.
private struct SharedPacingRun {
    private struct Event: TimedEvent {
        enum Kind {
            case attempt(stamp: Int)
            case arrival
            case ending(ServerReply)
            case exchange(stamp: Int)
            /// The place is reached by what was asked at an instant.
            case place(SharedPace.Ask, askedAt: ContinuousClock.Instant)
            case answer(SharedPace.Answer?, to: SharedPace.Ask)
        }

        var at: ContinuousClock.Instant
        var client: Int
        var sentAt: ContinuousClock.Instant
        var kind: Kind
    }

    private struct Process {
        var share: TurnShare
        var free: Int
        var attempt = 0
        var isAttempting = false
        var exchange = 0
        var planned: ContinuousClock.Instant?
        var isExchanging = false
        var offset = ClockOffset()
    }

    private let simulation: SharedPacingSimulation
    private let origin = ContinuousClock.now
    private var server: any ServerModel
    private var random: SplitMix64
    private var processes: [Process]
    private var events = EventQueue<Event>()
    private var pace: SharedPace?
    private var text: String?
    private var result: SharedPacingSimulation.Result
    private var now: ContinuousClock.Instant

    init(_ simulation: SharedPacingSimulation) {
        self.simulation = simulation
        server = simulation.server
        random = SplitMix64(seed: simulation.seed)
        processes = simulation.clients.enumerated().map { index, client in
            Process(
                share: TurnShare(member: Int64(index + 1), client.setting, maxWait: .seconds(300)),
                free: client.workers
            )
        }
        result = SharedPacingSimulation.Result(exchanges: simulation.clients.map { _ in 0 })
        now = origin
    }

    mutating func go(for seconds: Double) -> SharedPacingSimulation.Result {
        let end = origin + .seconds(seconds)
        for (index, client) in simulation.clients.enumerated() {
            add(.attempt(stamp: 0), of: index, at: origin + .seconds(client.comes))
            processes[index].isAttempting = true
        }
        while let event = events.popFirst(before: end) {
            now = event.at
            let isGone = origin.seconds(to: now) >= simulation.clients[event.client].dies
            switch event.kind {
            case .arrival: arrive(event)
            case _ where isGone: break
            case .attempt(let stamp) where stamp == processes[event.client].attempt: attempt(event.client)
            case .exchange(let stamp) where stamp == processes[event.client].exchange: ask(event.client)
            case .attempt, .exchange: break
            case .ending(let reply): finish(event, reply)
            case .place(let ask, let askedAt): reach(event.client, ask, askedAt)
            case .answer(let answer, let ask): take(answer, to: ask, event.client)
            }
        }
        result.snapshots = processes.map { $0.share.snapshot(at: now) }
        return result
    }

    private mutating func add(
        _ kind: Event.Kind,
        of client: Int,
        at instant: ContinuousClock.Instant,
        sentAt: ContinuousClock.Instant? = nil
    ) {
        events.insert(Event(at: instant, client: client, sentAt: sentAt ?? instant, kind: kind))
    }

    private func isIdle(_ client: Int) -> Bool {
        simulation.clients[client].idle.contains(origin.seconds(to: now))
    }

    private mutating func chance(_ most: Double) -> Duration {
        .seconds(most * Double.random(in: 0...1, using: &random))
    }

    /// All workers that wait try for a turn, one after the other; the first that gets none waits as long as it is told.
    private mutating func attempt(_ client: Int) {
        processes[client].isAttempting = false
        while processes[client].free > 0, !processes[client].isAttempting {
            var again: ContinuousClock.Instant?
            if isIdle(client) {
                again = origin + .seconds(simulation.clients[client].idle.upperBound)
            } else if case .wait(let until) = processes[client].share.takeTurn(at: now) {
                let isSlow = Int.random(in: 0..<20, using: &random) == 0
                again = until + chance(isSlow ? simulation.clients[client].late : 0.000_3)
            }
            if let again {
                processes[client].attempt += 1
                processes[client].isAttempting = true
                add(.attempt(stamp: processes[client].attempt), of: client, at: max(again, now))
            } else {
                processes[client].free -= 1
                result.sent.append(.init(at: origin.seconds(to: now), client: client))
                add(
                    .arrival,
                    of: client,
                    at: now + .seconds(simulation.latency / 2) + chance(simulation.jitter),
                    sentAt: now
                )
            }
        }
        plan(client)
    }

    private mutating func arrive(_ event: Event) {
        let (reply, after) = server.reply(at: origin.seconds(to: now))
        let wait = Duration.seconds(after + simulation.latency / 2) + chance(simulation.jitter)
        add(.ending(reply), of: event.client, at: now + wait, sentAt: event.sentAt)
    }

    private mutating func finish(_ event: Event, _ reply: ServerReply) {
        let answer: PacedAnswer
        switch reply {
        case .answer:
            answer = .answered(latency: event.sentAt.duration(to: now))
            result.answered += 1
            if origin.seconds(to: now) > simulation.warmUp { result.answeredWarm += 1 }
        case .refusal(let retryAfter):
            answer = .throttled(retryAfter: retryAfter)
            result.refused += 1
            result.refusedAt.append(origin.seconds(to: now))
        case .silence: answer = .unanswered
        }
        _ = processes[event.client].share.record(answer, sentAt: event.sentAt, at: now)
        processes[event.client].free += 1
        if processes[event.client].isAttempting { plan(event.client) } else { attempt(event.client) }
    }

    private mutating func plan(_ client: Int) {
        guard !processes[client].isExchanging else { return }
        let waiting = isIdle(client) ? 0 : processes[client].free
        guard let next = processes[client].share.nextExchange(at: now, waiting: waiting) else { return }
        if let planned = processes[client].planned, planned <= max(next, now) { return }
        processes[client].planned = max(next, now)
        processes[client].exchange += 1
        add(.exchange(stamp: processes[client].exchange), of: client, at: max(next, now))
    }

    private mutating func ask(_ client: Int) {
        processes[client].planned = nil
        let waiting = isIdle(client) ? 0 : processes[client].free
        guard let next = processes[client].share.nextExchange(at: now, waiting: waiting), next <= now else {
            return plan(client)
        }
        processes[client].isExchanging = true
        result.exchanges[client] += 1
        let ask = processes[client].share.ask(at: now, waiting: waiting)
        add(.place(ask, askedAt: now), of: client, at: now + half(), sentAt: now)
    }

    private mutating func half() -> Duration {
        .seconds(simulation.exchange * Double.random(in: 0.25...1, using: &random))
    }

    private mutating func reach(_ client: Int, _ ask: SharedPace.Ask, _ askedAt: ContinuousClock.Instant) {
        let back = now + half()
        let seconds = origin.seconds(to: now)
        guard !simulation.outage.contains(seconds) else { return add(.answer(nil, to: ask), of: client, at: back) }
        let set = seconds >= simulation.clockSet.at ? simulation.clockSet.by : 0
        let clock = 1_790_000_000_000_000 + Int64((seconds + set) * 1_000_000)
        let shown = SharedClock.instant(microseconds: clock)
        let offset = processes[client].offset.note(shown, askedAt: askedAt, answeredAt: back)
        if simulation.isWritten { pace = text.flatMap { SharedPace(text: $0) } }
        let answer = SharedPace.exchange(&pace, ask.moved(by: offset), at: now + offset, using: &random)
        if simulation.isWritten {
            text = pace?.text
            result.longestText = max(result.longestText, text?.utf8.count ?? 0)
        }
        add(.answer(answer.moved(back: offset), to: ask), of: client, at: back)
    }

    private mutating func take(_ answer: SharedPace.Answer?, to ask: SharedPace.Ask, _ client: Int) {
        processes[client].isExchanging = false
        if let answer {
            processes[client].share.take(answer, to: ask, at: now)
        } else {
            processes[client].share.exchangeFailed()
        }
        plan(client)
    }
}
