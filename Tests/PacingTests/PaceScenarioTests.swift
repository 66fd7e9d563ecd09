import FoundationEssentials
import Testing

@testable import Pacing

/// How well the automatic rate does against servers of all kinds; the numbers are shares of what the server permits.
///
/// A server that counts windows loses what a pause did not use, so that each refusal costs a second; a token bucket
/// saves it. Hence the different bounds. `PACING_TABLE=1 swift test --filter PaceScenario` prints the measured shares.
@Suite("Pace against simulated servers")
struct PaceScenarioTests {
    struct Server: CustomTestStringConvertible, Sendable {
        var counting: Counting
        var retryAfter = RetryAfterHeader.seconds(1)
        var jitter = 0.0

        var isBucket: Bool {
            if case .bucket = counting { true } else { false }
        }

        var testDescription: String {
            "\(counting), \(retryAfter), jitter \(jitter) s"
        }
    }

    static let kinds: [Counting] = [.bucket(burst: 1), .bucket(burst: 2), .fixedWindow(), .slidingWindow()]
    static let servers = kinds.flatMap { kind in
        [
            Server(counting: kind), Server(counting: kind, jitter: 0.01),
            Server(counting: kind, retryAfter: .none),
        ]
    }

    private static let printsTable = ProcessInfo.processInfo.environment["PACING_TABLE"] != nil

    private func note(_ line: @autoclosure () -> String) {
        if Self.printsTable { print(line()) }
    }

    private func rounded(_ number: Double) -> Double {
        (number * 1_000).rounded() / 1_000
    }

    @Test("a constant limit is used, with few refusals", arguments: servers)
    func constant(server: Server) {
        var shares: [Double] = []
        for limit in [10.0, 25, 50, 100, 200, 500] {
            let seconds = limit > 100 ? 128.0 : 308.0
            let model = LimitedServer(server.counting, retryAfter: server.retryAfter) { _ in limit }
            let result = PacingSimulation(server: model, jitter: server.jitter).run(seconds: seconds)
            let share = Double(result.answeredWarm) / limit / (seconds - 8)
            note("\(server.testDescription), \(limit)/s: share \(rounded(share)), 429 \(rounded(result.refusedShare))")
            #expect(share >= (server.isBucket ? 0.97 : 0.94), "\(limit) per second")
            #expect(result.refusedShare <= 0.02, "\(limit) per second")
            #expect(result.limitedBy == .pingOne)
            shares.append(share)
        }
        #expect(shares.reduce(0, +) / Double(shares.count) >= (server.isBucket ? 0.98 : 0.95))
    }

    @Test("a short run of 12,000 rows loses little to finding the limit", arguments: servers)
    func shortRun(server: Server) {
        let model = LimitedServer(server.counting, retryAfter: server.retryAfter) { _ in 100 }
        let result = PacingSimulation(server: model, latency: 0.05, jitter: server.jitter).run(rows: 12_000)
        note(
            "\(server.testDescription), 12,000 rows: time \(rounded(result.seconds / 120)), 429 \(result.refusedShare)"
        )
        #expect(result.answered == 12_000)
        #expect(result.seconds / 120 <= (server.isBucket ? 1.04 : 1.07))
        #expect(result.refusedShare <= 0.01)
    }

    @Test("a limit that moves in the middle of a run is followed", arguments: kinds, [50.0, 200.0])
    func moving(counting: Counting, later: Double) {
        let model = LimitedServer(counting, retryAfter: .seconds(1)) { $0 < 300 ? 100 : later }
        let rows = Int(300 * (100 + later))
        let result = PacingSimulation(server: model, latency: 0.05).run(rows: rows)
        note("\(counting), 100/s then \(later)/s: time \(rounded(result.seconds / 600)), 429 \(result.refusedShare)")
        #expect(result.seconds / 600 <= (Server(counting: counting).isBucket ? 1.06 : 1.09))
        #expect(result.refusedShare <= 0.01)
    }

    @Test("another client that takes a part of the limit now and then is given way to", arguments: kinds)
    func otherClient(counting: Counting) {
        let model = LimitedServer(counting, retryAfter: .seconds(1)) { now in
            now.truncatingRemainder(dividingBy: 60) < 40 ? 100 : 40
        }
        let result = PacingSimulation(server: model).run(seconds: 600)
        let share = Double(result.answered) / (600 * (100 * 40 + 40 * 20) / 60)
        note("\(counting), a second client 20 s in a minute: share \(rounded(share)), 429 \(result.refusedShare)")
        #expect(share >= 0.7)
        #expect(result.refusedShare <= 0.02)
    }

    @Test("a server without limit is not driven beyond its capacity", arguments: [50.0, 100, 300])
    func saturated(capacity: Double) {
        let result = PacingSimulation(server: QueueingServer(capacity: capacity)).run(seconds: 120)
        let share = Double(result.answeredWarm) / 112 / capacity
        note("capacity \(capacity)/s: share \(rounded(share)), rate \(rounded(result.rate)), \(result.limitedBy)")
        #expect(share >= 0.9)
        #expect(result.rate <= 1.3 * capacity)
        #expect(result.limitedBy == .latency)
        #expect(result.refused == 0)
    }

    @Test("single slow answers do not keep the rate below what is permitted", arguments: [20.0, 100])
    func delayed(limit: Double) {
        let model = LimitedServer(.slidingWindow(), retryAfter: .seconds(1)) { _ in limit }
        var simulation = PacingSimulation(server: DelayedServer(server: model, share: 0.1, delay: 0.3))
        simulation.latency = 0.002
        let result = simulation.run(seconds: 308)
        let share = Double(result.answeredWarm) / limit / 300
        note("\(limit)/s, one in ten 300 ms later: share \(rounded(share)), \(result.limitedBy)")
        #expect(share >= 0.9)
        #expect(result.limitedBy == .pingOne)
    }

    @Test("a rate that the workers cannot keep up with is not raised further")
    func fewWorkers() {
        let model = LimitedServer(.slidingWindow(), retryAfter: .seconds(1)) { $0 < 60 ? 1_000 : 50 }
        let before = PacingSimulation(server: model, workers: 4).run(seconds: 59)
        #expect(before.rate <= 200)
        #expect(before.limitedBy == .client)
        #expect(before.limitedBy.description == "--concurrency")
        let after = PacingSimulation(server: model, workers: 4).run(seconds: 80)
        #expect(after.rate > 40 && after.rate <= 50)
        #expect(after.limitedBy == .pingOne)
    }

    @Test("a server that never answers is asked ever more slowly")
    func silent() {
        let result = PacingSimulation(server: SilentServer()).run(seconds: 600)
        #expect(result.rate == 1)
        #expect(result.limitedBy == .latency)
        #expect(result.sentAt.count <= 32 * 20)
    }

    @Test("after an outage the rate grows again")
    func outage() {
        struct Outage: ServerModel {
            mutating func reply(at now: Double) -> (reply: ServerReply, after: Double) {
                (now > 60 && now < 180 ? .silence : .answer, 0)
            }
        }
        let result = PacingSimulation(server: Outage(), setting: .auto(max: 100)).run(seconds: 300)
        #expect(result.rate == 100)
        #expect(result.limitedBy == .maxRate)
        #expect(result.sentAt.count { $0 > 290 } >= 900)
    }

    @Test("--max-rate bounds the search")
    func maxRate() {
        let model = LimitedServer(.slidingWindow(), retryAfter: .seconds(1)) { _ in 100 }
        let result = PacingSimulation(server: model, setting: .auto(max: 70)).run(seconds: 100)
        #expect(result.rate == 70)
        #expect(result.limitedBy == .maxRate)
        #expect(result.refused == 0)
        #expect(Double(result.answeredWarm) / 92 >= 69)
    }

    @Test("--rate N below the limit is kept exactly")
    func fixedRate() {
        let model = LimitedServer(.slidingWindow(), retryAfter: .seconds(1)) { _ in 100 }
        let result = PacingSimulation(server: model, setting: .fixed(50)).run(seconds: 100)
        #expect(result.limitedBy == .rateFlag)
        #expect(result.refused == 0)
        #expect((4_990...5_001).contains(result.sentAt.count))
    }

    @Test("--rate N gives way to 429, stays below the limit, and comes back to N", arguments: kinds)
    func fixedRateRefused(counting: Counting) {
        let model = LimitedServer(counting, retryAfter: .seconds(1)) { $0 < 100 ? 60 : 1_000 }
        let simulation = PacingSimulation(server: model, setting: .fixed(100), warmUp: 20)
        let refused = simulation.run(seconds: 100)
        #expect(refused.limitedBy == .pingOne)
        #expect(Double(refused.answeredWarm) / 80 / 60 >= 0.93)
        #expect(refused.refusedShare <= 0.02)
        let recovered = simulation.run(seconds: 200)
        #expect(recovered.rate == 100)
        #expect(recovered.limitedBy == .rateFlag)
        for (index, instant) in recovered.sentAt.enumerated().dropFirst(100) {
            #expect(instant - recovered.sentAt[index - 100] >= 0.999_999)
        }
    }
}
