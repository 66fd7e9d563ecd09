import SeededRandom
import Testing

@testable import Pacing

@Suite("Refusals that do not depend on the rate")
struct AutoRateRefusalTests {
    private static func run(
        refused: Double,
        silent: Double,
        seed: UInt64,
        setting: RateSetting = .auto(max: nil)
    ) -> PacingSimulation.Result {
        let server = FlakyServer(refused: refused, silent: silent, random: SplitMix64(seed: seed))
        var simulation = PacingSimulation(server: server, setting: setting, latency: 0.005)
        simulation.timeout = 0.005
        simulation.seed = seed
        return simulation.run(rows: 3_000, seconds: 1_200)
    }

    @Test("are waited for, but do not bring a run to a crawl", arguments: 0..<20 as Range<UInt64>)
    func flaky(seed: UInt64) {
        let result = Self.run(refused: 0.02, silent: 0.07, seed: seed)
        #expect(result.answered == 3_000)
        // Some 60 pauses of a second are unavoidable, and it takes a while to see what they are.
        #expect(result.seconds <= 500)
    }

    @Test("are borne when they are frequent, too", arguments: 0..<20 as Range<UInt64>)
    func frequent(seed: UInt64) {
        let result = Self.run(refused: 0.04, silent: 0.07, seed: seed)
        #expect(result.answered == 3_000)
        #expect(result.seconds <= 600)
    }

    @Test("leave most of --rate N in force", arguments: 0..<20 as Range<UInt64>)
    func fixed(seed: UInt64) {
        let result = Self.run(refused: 0.02, silent: 0.07, seed: seed, setting: .fixed(200))
        #expect(result.answered == 3_000)
        #expect(result.seconds <= 250)
    }

    @Test("lost connections alone do not slow a run down", arguments: 0..<20 as Range<UInt64>)
    func lostConnections(seed: UInt64) {
        #expect(Self.run(refused: 0, silent: 0.1, seed: seed).seconds <= 60)
    }

    @Test(
        "one long pause in a quiet run is no reason to forget the rate",
        arguments: [2, 3, 5, 10],
        [150.0, 250, 400]
    )
    func stray(pause: Int, at instant: Double) {
        let limited = LimitedServer(.bucket(burst: 1), retryAfter: .seconds(1)) { _ in 100 }
        let server = OnceRefusingServer(limited, at: instant, retryAfter: .seconds(pause))
        let result = PacingSimulation(server: server, jitter: 0.01).run(seconds: instant + 300)
        let after = result.sentAt.filter { $0 > instant }
        // Were the rate lost, the workers alone would bound it: 32 of them, 40 ms each.
        let most = after.indices.map { index in after[index...].prefix { $0 < after[index] + 1 }.count }.max() ?? 0
        #expect(most <= 200)
        #expect(result.refusedShare < 0.02)
        #expect(Double(result.answered) > 0.9 * 100 * (instant + 300))
    }
}
