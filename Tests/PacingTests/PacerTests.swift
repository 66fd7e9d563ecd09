import Pacing
import SeededRandom
import TestKit
import Testing

@Suite("Threads that wait for their turns")
struct PacerTests {
    @Test("a single thread passes at the rate")
    func single() async {
        let time = ManualTime(advancesByItself: true)
        let pacer = Pacer(.fixed(10), time: time)
        let sent = await onThread { (1...4).map { _ in pacer.waitForTurn(unless: StopSignal()) } }
        #expect(sent == [0, 100, 200, 300].map { .go(sentAt: time.origin + .milliseconds($0)) })
    }

    @Test("threads pass one by one, each only when its time has come")
    func oneByOne() async {
        let time = ManualTime()
        let pacer = Pacer(.fixed(10), time: time)
        let stop = StopSignal()
        let sent = await withTaskGroup(of: Pacer.Turn.self) { group in
            for _ in 1...5 {
                group.addTask { await onThread { pacer.waitForTurn(unless: stop) } }
            }
            var sent: [Pacer.Turn] = []
            for turn in 0..<5 {
                if turn > 0 {
                    let deadline = await time.nextDeadline()
                    #expect(deadline == time.origin + .milliseconds(100 * turn))
                    time.advance(by: .milliseconds(100))
                }
                if let next = await group.next() { sent.append(next) }
            }
            return sent
        }
        #expect(sent == (0..<5).map { .go(sentAt: time.origin + .milliseconds(100 * $0)) })
    }

    @Test("the stop signal lets all waiting threads go without a turn")
    func stops() async {
        let time = ManualTime()
        let pacer = Pacer(.fixed(1), time: time)
        let stop = StopSignal()
        _ = await onThread { pacer.waitForTurn(unless: stop) }
        let turns = await withTaskGroup(of: Pacer.Turn.self) { group in
            for _ in 1...16 {
                group.addTask { await onThread { pacer.waitForTurn(unless: stop) } }
            }
            _ = await time.nextDeadline()
            stop.raise()
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(turns == Array(repeating: .stopped, count: 16))
        let after = await onThread { pacer.waitForTurn(unless: stop) }
        #expect(after == .stopped)
    }

    @Test("a pause that begins while a thread waits holds it back too")
    func pauseWhileWaiting() async throws {
        let time = ManualTime()
        let pacer = Pacer(.fixed(10), time: time)
        let stop = StopSignal()
        let first = await onThread { pacer.waitForTurn(unless: stop) }
        guard case .go(let sentAt) = first else {
            Issue.record("the first turn is due at once")
            return
        }
        async let second = onThread { pacer.waitForTurn(unless: stop) }
        _ = await time.nextDeadline()
        let reason = pacer.record(.throttled(retryAfter: .seconds(5)), sentAt: sentAt)
        #expect(reason == nil)
        #expect(
            pacer.snapshot
                == PacingSnapshot(
                    rate: pacer.snapshot.rate,
                    limitedBy: .pingOne,
                    pausedUntil: time.origin + .seconds(5),
                    throttled: 1
                )
        )
        time.advance(by: .milliseconds(100))
        let deadline = await time.nextDeadline()
        #expect(deadline == time.origin + .seconds(5))
        time.advance(by: .milliseconds(4_900))
        let turn = await second
        #expect(turn == .go(sentAt: time.origin + .seconds(5)))
        #expect(pacer.snapshot.pausedUntil == nil)
    }

    @Test("the snapshot has the latency of answers, but not of those that are throttling")
    func latency() {
        let time = ManualTime()
        let pacer = Pacer(.fixed(10), time: time)
        #expect(pacer.snapshot.latency == nil)
        _ = pacer.record(.throttled(retryAfter: .seconds(1)), sentAt: time.now)
        _ = pacer.record(.unanswered, sentAt: time.now)
        #expect(pacer.snapshot.latency == nil)
        _ = pacer.record(.answered(latency: .microseconds(800)), sentAt: time.now)
        #expect(pacer.snapshot.latency == LatencyPercentiles(p50: .microseconds(800), p95: .microseconds(800)))
    }

    @Test("hands on the reason to stop")
    func reason() {
        let time = ManualTime()
        let pacer = Pacer(.auto(max: nil), maxWait: .seconds(10), time: time)
        let reason = pacer.record(.throttled(retryAfter: .seconds(11)), sentAt: time.now)
        #expect(reason == .pauseTooLong(wait: .seconds(11)))
    }

    @Test("a retry without budget waits, and holds up no first request")
    func retryBudget() async {
        let time = ManualTime()
        let pacer = Pacer(.fixed(1_000), time: time)
        let stop = StopSignal()
        let retries = Shared(0)
        async let eleventh = onThread {
            var last = Pacer.Turn.stopped
            for _ in 1...11 {
                last = pacer.waitForRetryTurn(unless: stop)
                retries.update { $0 += 1 }
            }
            return last
        }
        // Ten retries pass one millisecond apart; the eleventh waits for the budget, which has 10 per second.
        for _ in 1...9 {
            _ = await time.nextDeadline()
            time.advance(by: .milliseconds(1))
        }
        let deadline = await time.nextDeadline()
        #expect(deadline > time.origin + .milliseconds(99))
        #expect(retries.current == 10)
        time.advance(by: .milliseconds(1))
        let request = await onThread { pacer.waitForTurn(unless: stop) }
        #expect(request == .go(sentAt: time.origin + .milliseconds(10)))
        time.advance(by: .milliseconds(91))
        let turn = await eleventh
        #expect(turn == .go(sentAt: time.origin + .milliseconds(101)))
    }

    @Test("on the real clock thirty-two threads together keep to the rate")
    func realClock() async {
        let pacer = Pacer(.fixed(400), time: SystemTime())
        let stop = StopSignal()
        let sent = Shared<[ContinuousClock.Instant]>([])
        await withTaskGroup { group in
            for _ in 1...32 {
                group.addTask {
                    await onThread {
                        for _ in 1...5 {
                            guard case .go(let sentAt) = pacer.waitForTurn(unless: stop) else { return }
                            sent.update { $0.append(sentAt) }
                        }
                    }
                }
            }
        }
        let instants = sent.current
        #expect(instants.count == 160)
        #expect(instants.sorted() == instants.sorted { $0 < $1 })
        let first = instants.min() ?? .now
        let last = instants.max() ?? .now
        // 159 spaces of 2.5 ms, less the 50 ms that may be caught up with.
        #expect(first.duration(to: last) >= .milliseconds(347))
    }
}
