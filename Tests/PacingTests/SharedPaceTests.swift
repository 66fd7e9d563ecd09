import FoundationEssentials
import SeededRandom
import Testing

@testable import Pacing

/// What several processes that share a pace do together, against simulated servers.
///
/// `PACING_TABLE=1 swift test --filter SharedPace` prints the measured shares.
@Suite("A shared pace")
struct SharedPaceTests {
    private typealias Client = SharedPacingSimulation.Client

    private static let printsTable = ProcessInfo.processInfo.environment["PACING_TABLE"] != nil

    static let kinds: [Counting] = [
        .bucket(burst: 1), .tokens(50), .timedBucket(burst: 1), .fixedWindow(), .slidingWindow(),
    ]

    private func rounded(_ number: Double) -> Double {
        (number * 1_000).rounded() / 1_000
    }

    private func limited(_ limit: Double, _ counting: Counting = .bucket(burst: 1)) -> LimitedServer {
        LimitedServer(counting, retryAfter: .seconds(1)) { _ in limit }
    }

    private func clients(_ count: Int, _ setting: RateSetting = .auto(max: nil), workers: Int? = nil) -> [Client] {
        Array(repeating: Client(workers: workers ?? max(8, 48 / count), setting: setting), count: count)
    }

    @Test("uses what is permitted, however many processes there are", arguments: kinds, [1, 2, 4, 8])
    func permitted(counting: Counting, count: Int) {
        let simulation = SharedPacingSimulation(server: limited(400, counting), clients: clients(count))
        let result = simulation.run(seconds: 308)
        let share = Double(result.answeredWarm) / 400 / 300
        if Self.printsTable {
            let each = (0..<count).map { result.sent(8..<308, by: $0) / 300 }
            print(
                "\(counting), \(count) processes: \(rounded(share)), 429 \(rounded(result.refusedShare)), each \(each)"
            )
        }
        #expect(share >= 0.95)
        #expect(result.refusedShare <= 0.01)
    }

    @Test("the table: what one process reaches with a pace of its own", .enabled(if: printsTable), arguments: kinds)
    func alone(counting: Counting) {
        for seconds in [128.0, 308] {
            let alone = PacingSimulation(server: limited(400, counting), workers: 48, latency: 0.05).run(
                seconds: seconds
            )
            let share = Double(alone.answeredWarm) / 400 / (seconds - 8)
            print(
                "\(counting), a pace of its own, \(Int(seconds)) s: \(rounded(share)), 429 \(rounded(alone.refusedShare))"
            )
        }
    }

    @Test("processes that want the same get the same")
    func fair() {
        let result = SharedPacingSimulation(server: limited(400), clients: clients(4)).run(seconds: 60)
        for client in 0..<4 {
            let share = Double(result.sent(20..<60, by: client)) / Double(result.sent(20..<60))
            #expect((0.22...0.28).contains(share), "\(client): \(share)")
        }
    }

    @Test("--rate N is never exceeded in any second by all together", .tags(.property), arguments: 0..<12)
    func neverExceeded(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let rate = Int.random(in: 5...300, using: &random)
        let count = Int.random(in: 1...8, using: &random)
        var simulation = SharedPacingSimulation(
            server: QueueingServer(capacity: 2_000),
            clients: clients(count, .fixed(Double(rate)))
        )
        for index in simulation.clients.indices where Bool.random(using: &random) {
            simulation.clients[index].late = 0.015
        }
        simulation.seed = seed
        let result = simulation.run(seconds: 30)
        #expect(result.leastTime(of: rate) >= 0.999_9)
        #expect(Double(result.sent(5..<30)) >= 0.9 * 25 * Double(rate))
    }

    @Test("the lowest bound holds as long as its process is there")
    func lowestBound() {
        var clients = clients(3)
        clients[2] = Client(workers: 8, setting: .auto(max: 50), comes: 20, dies: 40)
        let result = SharedPacingSimulation(server: limited(400), clients: clients).run(seconds: 80)
        #expect(result.sent(15..<20) > 1_500)
        #expect(result.leastTime(of: 50, in: 22..<40) >= 0.999_9)
        #expect(result.sent(22..<40) > 800)
        #expect(result.sent(70..<80) > 3_600)
    }

    @Test("what a process leaves that dies, the others use", arguments: kinds)
    func death(counting: Counting) {
        var clients = clients(4, workers: 24)
        clients[1].dies = 40
        let result = SharedPacingSimulation(server: limited(400, counting), clients: clients).run(seconds: 60)
        #expect(result.sent(40..<60, by: 1) == 0)
        #expect(Double(result.sent(45..<60)) >= 0.93 * 400 * 15)
        #expect(Double(result.sent(40..<45)) >= 0.85 * 400 * 5)
    }

    @Test("a process without rows takes nothing, and gets its share when it has some again")
    func idle() {
        var clients = clients(4, workers: 24)
        clients[1].idle = 30..<50
        let result = SharedPacingSimulation(server: limited(400), clients: clients).run(seconds: 80)
        #expect(result.sent(30..<50, by: 1) == 0)
        #expect(Double(result.sent(31..<50)) >= 0.95 * 400 * 19)
        let share = Double(result.sent(55..<80, by: 1)) / Double(result.sent(55..<80))
        #expect((0.22...0.28).contains(share))
        #expect(result.exchanges[1] < result.exchanges[0] - 150)
    }

    @Test("a process that comes later gets its share")
    func late() {
        var clients = clients(2, workers: 24)
        clients[1].comes = 30
        let result = SharedPacingSimulation(server: limited(400), clients: clients).run(seconds: 60)
        let share = Double(result.sent(35..<60, by: 1)) / Double(result.sent(35..<60))
        #expect((0.45...0.55).contains(share))
    }

    @Test("few workers take no turns from those who have more")
    func fewWorkers() {
        var clients = clients(2)
        clients[0].workers = 4
        clients[1].workers = 48
        let result = SharedPacingSimulation(server: limited(400), clients: clients).run(seconds: 60)
        #expect(Double(result.sent(20..<60)) >= 0.93 * 400 * 40)
        #expect(Double(result.sent(20..<60, by: 0)) >= 0.6 * 80 * 40)
    }

    @Test("a Retry-After pauses all within a quarter of a second", .tags(.property), arguments: 0..<8)
    func pause(seed: UInt64) {
        let at = 20 + Double(seed) / 10
        let server = OnceRefusingServer(limited(400), at: at, retryAfter: .seconds(5))
        var simulation = SharedPacingSimulation(server: server, clients: clients(8, .fixed(350)), exchange: 0.01)
        simulation.seed = seed
        let result = simulation.run(seconds: 40)
        let refusal = result.refusedAt.first ?? .infinity
        #expect(result.refused == 1)
        #expect(refusal > at && refusal < at + 0.1)
        #expect(result.sent((refusal + 0.25)..<(refusal + 4.99)) == 0)
        #expect(result.sent((refusal + 5)..<(refusal + 6)) > 200)
    }

    @Test("while the place cannot be reached nothing is sent, and after it all goes on")
    func outage() {
        var simulation = SharedPacingSimulation(server: limited(400), clients: clients(3))
        simulation.outage = 20..<30
        let result = simulation.run(seconds: 40)
        #expect(result.sent(20.5..<30) == 0)
        #expect(Double(result.sent(31..<40)) >= 0.9 * 400 * 9)
    }

    @Test("a clock that is set stops nobody for long", arguments: [-3_600.0, 3_600, -0.5, 0.5])
    func clockSet(by seconds: Double) {
        var simulation = SharedPacingSimulation(server: limited(50), clients: clients(3, .fixed(40)))
        simulation.clockSet = (seconds, 20)
        let result = simulation.run(seconds: 40)
        #expect(Double(result.sent(25..<40)) >= 0.9 * 40 * 15)
    }

    @Test("a turn with which nothing has left is no request on its way")
    func notUsed() throws {
        var share = TurnShare(member: 1, .fixed(100), maxWait: .seconds(300))
        let now = SharedClock.instant(microseconds: 1_790_000_000_000_000)
        var pace: SharedPace?
        var random = SplitMix64(seed: 1)
        let ask = share.ask(at: now, waiting: 1)
        let answer = SharedPace.exchange(&pace, ask, at: now, using: &random)
        share.take(answer, to: ask, at: now)
        let due = try #require(answer.turns.first)
        #expect(share.takeTurn(at: due) == .go)
        #expect(share.ask(at: due, waiting: 0).wanted == 1)
        share.turnWasNotUsed()
        #expect(share.ask(at: due, waiting: 0).wanted == 0)
    }

    @Test("what was begun from an earlier run is read again")
    func warmWritten() throws {
        var share = TurnShare(member: 1, .auto(max: nil), maxWait: .seconds(300))
        share.warmUp(from: EarlierPace(held: 200, limit: 200))
        let now = SharedClock.instant(microseconds: 1_790_000_000_000_000)
        var pace: SharedPace?
        var random = SplitMix64(seed: 1)
        let ask = share.ask(at: now, waiting: 3)
        let answer = SharedPace.exchange(&pace, ask, at: now, using: &random)
        let text = try #require(pace?.text)
        #expect(!text.contains("_value"))
        pace = try SharedPace.read(text)
        let later = SharedPace.exchange(&pace, ask, at: now + .milliseconds(100), using: &random)
        #expect(answer.rate == 196 && later.rate == 196)
    }

    @Test("written down and read again it does the same, in a few kilobytes")
    func written() {
        var simulation = SharedPacingSimulation(server: limited(400, .slidingWindow()), clients: clients(4))
        let kept = simulation.run(seconds: 40)
        simulation.isWritten = true
        let written = simulation.run(seconds: 40)
        if Self.printsTable { print("longest text \(written.longestText) bytes") }
        #expect(abs(written.sent.count - kept.sent.count) <= kept.sent.count / 50)
        #expect(written.refusedShare <= 0.02)
        #expect(written.longestText <= 6_000)
    }
}
