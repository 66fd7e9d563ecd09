import Testing

@testable import Pacing

/// What a run makes of what earlier runs of its ledger have found.
@Suite("A run after others")
struct WarmStartTests {
    static let kinds: [ServerKind] = (ServerKind.buckets + ServerKind.windows).flatMap { counting in
        [RetryAfterHeader.seconds(1), .none].flatMap { header in
            [20.0, 100].map { ServerKind(counting: counting, retryAfter: header, limit: $0) }
        }
    }

    private func earlier(_ result: PacingSimulation.Result) throws -> EarlierPace {
        let held = try #require(result.held)
        return EarlierPace(held: held.rate, limit: held.isLimit ? held.rate : nil)
    }

    @Test("is not refused anything in the next quiet hours, and is as fast", arguments: kinds)
    func quiet(kind: ServerKind) throws {
        let rows = Int(6 * kind.limit)
        // Five minutes are little to get to know such a window.
        let slack = if case .weightedWindows(60) = kind.counting { 1.7 } else { 1.15 }
        var simulation = kind.simulation
        let first = simulation.run(seconds: 300)
        for seed in 2...3 as ClosedRange<UInt64> {
            simulation.seed = seed
            simulation.earlier = try earlier(first)
            let later = simulation.run(rows: rows)
            #expect(later.refused == 0)
            #expect(later.seconds <= slack * Double(rows) * first.seconds / Double(first.answered))
            #expect(later.limitedBy == .pingOne)
        }
    }

    private let bucket = ServerKind(counting: .tokens(20), limit: 100)

    @Test("hands on what it was told, once it has held it, and for as many nights as there are")
    func handedOn() throws {
        var simulation = bucket.simulation
        let first = try earlier(simulation.run(rows: 6_000))
        simulation.earlier = first
        for _ in 1...10 {
            let night = simulation.run(rows: 600)
            #expect(try earlier(night) == first)
            simulation.earlier = try earlier(night)
        }
        #expect(simulation.run(rows: 20).held == nil)
    }

    @Test("finds its way as always when the limit has halved or doubled", arguments: [50.0, 200])
    func moved(limit: Double) throws {
        let first = try earlier(bucket.simulation.run(rows: 6_000))
        var simulation = ServerKind(counting: .tokens(20), limit: limit).simulation
        simulation.earlier = first
        let later = simulation.run(seconds: 300)
        let atEnd = Double(later.sentAt.count { $0 >= 150 }) / 150 / limit
        #expect((0.9...1.02).contains(atEnd), "\(atEnd)")
        #expect(later.refusedShare <= 0.01)
    }

    @Test("keeps what was held before a long time of nothing but refusals")
    func throttledLong() throws {
        struct Closing: ServerModel {
            var open: any ServerModel
            mutating func reply(at now: Double) -> (reply: ServerReply, after: Double) {
                now < 100 ? open.reply(at: now) : (.refusal(retryAfter: .seconds(10)), 0)
            }
        }
        let server = LimitedServer(.tokens(20), retryAfter: .seconds(1)) { _ in 100 }
        let held = try #require(PacingSimulation(server: Closing(open: server)).run(seconds: 390).held)
        #expect((85...100).contains(held.rate))
        #expect(held.isLimit)
    }

    @Test("stays within a lower --max-rate, which tells nothing of the limit")
    func lowerMaximum() throws {
        let first = try earlier(bucket.simulation.run(rows: 6_000))
        var bounded = bucket.simulation
        bounded.setting = .auto(max: 50)
        bounded.earlier = first
        let second = bounded.run(rows: 1_500)
        #expect(second.refused == 0)
        #expect(second.limitedBy == .maxRate)
        let held = try #require(second.held)
        #expect((40...50).contains(held.rate) && !held.isLimit)

        var unbounded = bucket.simulation
        unbounded.earlier = EarlierPace(held: held.rate, limit: first.limit)
        let third = unbounded.run(rows: 600)
        #expect(third.refused == 0)
        #expect(third.seconds < 7.5)
        #expect(third.sentAt.count { $0 < 0.5 } >= 20)
    }

    @Test("of a fixed rate that nothing was refused takes what got through, and grows from there")
    func afterFixedRate() throws {
        var fixed = bucket.simulation
        fixed.setting = .fixed(40)
        let held = try #require(fixed.run(rows: 800).held)
        #expect((35...40).contains(held.rate) && !held.isLimit)
        var simulation = bucket.simulation
        simulation.earlier = EarlierPace(held: held.rate)
        let second = simulation.run(rows: 6_000)
        #expect(second.sentAt.count { $0 < 0.2 } >= 7)
        #expect(second.seconds < 66)
    }

    @Test("of a fixed rate that was too high takes what was permitted")
    func afterRefusedFixedRate() throws {
        var fixed = bucket.simulation
        fixed.setting = .fixed(300)
        let held = try #require(fixed.run(rows: 3_000).held)
        #expect((80...100).contains(held.rate) && held.isLimit)
    }

    @Test("of which there is too little begins as always")
    func tooShort() {
        #expect(bucket.simulation.run(rows: 15).held == nil)
    }

    @Test("does not believe a limit below what was held after it")
    func refuted() {
        var simulation = bucket.simulation
        simulation.earlier = EarlierPace(held: 80, limit: 50)
        #expect(simulation.run(rows: 600).seconds < 10)
    }

    @Test("with a fixed rate is not touched")
    func fixed() {
        var simulation = bucket.simulation
        simulation.setting = .fixed(10)
        simulation.earlier = EarlierPace(held: 80, limit: 80)
        #expect(simulation.run(rows: 100).rate == 10)
    }
}
