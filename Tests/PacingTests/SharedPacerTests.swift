import Pacing
import Synchronization
import TestKit
import Testing

/// A place for a pace within this process, with its real clock.
final class PlaceInMemory: SharedPacePlace {
    struct Away: Error {}

    private let kept = Mutex((version: Int64(0), text: String?.none))
    let isAway: Shared<Bool>
    private let origin = ContinuousClock.now

    init(isAway: Bool = false) {
        self.isAway = Shared(isAway)
    }

    func read() throws -> SharedPaceReading {
        guard !isAway.current else { throw Away() }
        let clock = 1_790_000_000_000_000 + Int64(origin.duration(to: .now) / .microseconds(1))
        return kept.withLock { SharedPaceReading(clock: clock, version: $0.version, text: $0.text) }
    }

    func replace(_ version: Int64, with text: String) throws -> Bool {
        guard !isAway.current else { throw Away() }
        return kept.withLock { kept in
            guard kept.version == version else { return false }
            kept = (version + 1, text)
            return true
        }
    }
}

@Suite("Pacers that share a place")
struct SharedPacerTests {
    @Test("together they keep to the rate on the real clock")
    func rate() async {
        let place = PlaceInMemory()
        let pacers = (0..<3).map { _ in Pacer(.fixed(100), sharedAt: place, time: SystemTime()) }
        let stop = StopSignal()
        let sent = Shared<[ContinuousClock.Instant]>([])
        await withTaskGroup { group in
            for index in 0..<12 {
                group.addTask {
                    await onThread {
                        while case .go(let sentAt) = pacers[index % 3].waitForTurn(unless: stop) {
                            let isEnough = sent.update { sent in
                                sent.append(sentAt)
                                return sent.count >= 200
                            }
                            if isEnough { stop.raise() }
                            _ = pacers[index % 3].record(.answered(latency: .milliseconds(1)), sentAt: sentAt)
                        }
                    }
                }
            }
        }
        let instants = sent.current.sorted()
        for (earlier, later) in zip(instants, instants.dropFirst(100)) {
            #expect(earlier.duration(to: later) >= .seconds(1))
        }
    }

    @Test("without the place nobody gets a turn, with it they do")
    func away() async {
        let place = PlaceInMemory(isAway: true)
        let pacer = Pacer(.fixed(100), sharedAt: place, time: SystemTime())
        let stop = StopSignal()
        async let turn = onThread { pacer.waitForTurn(unless: stop) }
        while pacer.snapshot.limitedBy != .ledger { await Task.yield() }
        place.isAway.update { $0 = false }
        guard case .go = await turn else {
            Issue.record("no turn")
            return
        }
        #expect(pacer.snapshot.limitedBy == .rateFlag)
    }

    @Test("the stop signal ends waiting for a place that is away")
    func stops() async {
        let pacer = Pacer(.fixed(100), sharedAt: PlaceInMemory(isAway: true), time: SystemTime())
        let stop = StopSignal()
        async let turn = onThread { pacer.waitForTurn(unless: stop) }
        stop.raise()
        #expect(await turn == .stopped)
    }

    @Test("a pause that is too long ends all of them")
    func pauseTooLong() async {
        let place = PlaceInMemory()
        let pacers = (0..<2).map { _ in
            Pacer(.fixed(100), sharedAt: place, maxWait: .seconds(60), time: SystemTime())
        }
        let stop = StopSignal()
        let first = await onThread { pacers[0].waitForTurn(unless: stop) }
        guard case .go(let sentAt) = first else {
            Issue.record("no turn")
            return
        }
        let reason = pacers[0].record(.throttled(retryAfter: .seconds(900)), sentAt: sentAt)
        #expect(reason == .pauseTooLong(wait: .seconds(900)))
        var turn = await onThread { pacers[1].waitForTurn(unless: stop) }
        // It may have had turns from before.
        while case .go = turn { turn = await onThread { pacers[1].waitForTurn(unless: stop) } }
        guard case .givenUp(.pauseTooLong(let wait)) = turn else {
            Issue.record("it waits on: \(turn)")
            return
        }
        #expect(wait > .seconds(890) && wait <= .seconds(901))
    }

    @Test("what an earlier run has held is where they begin")
    func warm() async {
        let place = PlaceInMemory()
        let rates = await onThread {
            let pacers = (0..<2).map { _ in Pacer(.auto(max: nil), sharedAt: place, time: SystemTime()) }
            pacers[0].warmUp(from: EarlierPace(held: 200, limit: 200))
            return pacers.map { pacer in
                _ = pacer.waitForTurn(unless: StopSignal())
                return pacer.snapshot.rate
            }
        }
        #expect(rates == [196, 196])
    }
}
