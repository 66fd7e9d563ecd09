import FoundationEssentials
import Testing

@testable import PingOneSimulator

@Suite("Decisions about requests")
struct SimulationTests {
    private let start = Moment(instant: .now, date: Date(timeIntervalSince1970: 784_111_777))
    private static let path = "/v1/environments/\(KnownIDs.environment)/users/\(KnownIDs.population)/linkedAccounts"

    private func simulation(
        seed: UInt64 = 1,
        _ change: (inout SimulatorSettings) throws -> Void
    ) rethrows -> Simulation {
        var configuration = SimulatorConfiguration()
        configuration.seed = seed
        configuration.tokenLifetime = .seconds(60)
        try change(&configuration.settings)
        return Simulation(configuration, apiURL: "http://simulator/v1", at: start.instant)
    }

    private func token(for simulation: inout Simulation, at moment: Moment) throws -> String {
        let request = Received(
            method: "POST",
            path: "/\(KnownIDs.environment)/as/token",
            contentType: "application/x-www-form-urlencoded",
            body: Array(
                "grant_type=client_credentials&client_id=\(KnownIDs.clientID)&client_secret=\(KnownIDs.clientSecret)"
                    .utf8
            )
        )
        let reply = try #require(simulation.handle(request, at: moment).delivery.reply)
        return try #require(JSON.reading(reply.body ?? [])?["access_token"]?.stringValue)
    }

    private func link(_ externalID: String, token: String) -> Received {
        Received(
            method: "POST",
            path: Self.path,
            contentType: LinkOrder.contentType,
            authorization: "Bearer \(token)",
            body: Array(TestClient.linkBody(externalID).utf8)
        )
    }

    private func after(_ duration: Duration) -> Moment {
        Moment(instant: start.instant + duration, date: start.date + duration / .seconds(1))
    }

    @Test("a token that expires is refused from then on")
    func expiry() throws {
        var simulation = simulation { _ in }
        let token = try token(for: &simulation, at: start)
        #expect(simulation.handle(link("1", token: token), at: after(.seconds(59))).delivery.reply?.status == 200)
        #expect(simulation.handle(link("2", token: token), at: after(.seconds(60))).delivery.reply?.status == 401)
        let renewed = try self.token(for: &simulation, at: after(.seconds(60)))
        #expect(simulation.handle(link("2", token: renewed), at: after(.seconds(61))).delivery.reply?.status == 200)
    }

    @Test("Retry-After of a 503 is a date, and absent when switched off")
    func unavailable() throws {
        var simulation = try simulation {
            $0.faults = try FaultPlan("503=1")
            $0.retryAfter = 23
        }
        let reply = try #require(simulation.handle(link("1", token: ""), at: start).delivery.reply)
        #expect(reply.headers.first == .init(name: "Retry-After", value: "Sun, 06 Nov 1994 08:50:00 GMT"))
        #expect(reply.contentType == "text/html")
        var settings = simulation.settings
        settings.retryAfter = 0
        simulation.change(to: settings, at: start.instant)
        let other = try #require(simulation.handle(link("1", token: ""), at: start).delivery.reply)
        #expect(!other.headers.contains { $0.name == "Retry-After" })
    }

    @Test("answers of the API are held back by latency and up to jitter, others are not")
    func delays() {
        var simulation = simulation {
            $0.latency = .milliseconds(40)
            $0.jitter = .milliseconds(10)
        }
        let delays = (0..<100).map { _ in simulation.handle(link("1", token: ""), at: start).delay }
        #expect(delays.allSatisfy { $0 >= .milliseconds(40) && $0 < .milliseconds(50) })
        #expect(Set(delays).count > 90)
        #expect(simulation.handle(Received(method: "GET", path: "/_simulator"), at: start).delay == .zero)
        #expect(simulation.handle(Received(method: "POST", path: "/x/as/token"), at: start).delay == .zero)
    }

    @Test("a refused request draws no fault; the limit refills with time, and a change of other settings leaves it")
    func limitBeforeFaults() throws {
        var simulation = try simulation {
            $0.rateLimit = 1
            $0.faults = try FaultPlan("reset-before=1")
        }
        #expect(simulation.handle(link("1", token: ""), at: start).delivery == .reset)
        #expect(simulation.handle(link("1", token: ""), at: start).delivery.reply?.status == 429)
        var settings = simulation.settings
        settings.latency = .milliseconds(1)
        simulation.change(to: settings, at: start.instant)
        #expect(simulation.handle(link("1", token: ""), at: start).delivery.reply?.status == 429)
        #expect(simulation.handle(link("1", token: ""), at: after(.seconds(1))).delivery == .reset)
        settings.rateLimit = 2
        simulation.change(to: settings, at: after(.seconds(1)).instant)
        #expect(simulation.handle(link("1", token: ""), at: after(.seconds(1))).delivery == .reset)
        #expect(simulation.counters.throttled == 2)
        #expect(simulation.counters.faults == [.resetBefore: 3])
    }

    @Test("a truncated answer without a body is a reset")
    func truncatedWithoutBody() throws {
        var simulation = try simulation { $0.faults = try FaultPlan("truncated=1,only=DELETE") }
        let token = try token(for: &simulation, at: start)
        let reply = try #require(simulation.handle(link("1", token: token), at: start).delivery.reply)
        let id = try #require(JSON.reading(reply.body ?? [])?["id"]?.stringValue)
        let delete = Received(method: "DELETE", path: "\(Self.path)/\(id)", authorization: "Bearer \(token)")
        #expect(simulation.handle(delete, at: start).delivery == .reset)
        #expect(simulation.journal.last?.applied == true)
        #expect(simulation.tenant.directory.linkCount == 0)
    }

    @Test("the same seed and requests give the same decisions, byte for byte", arguments: 0..<20 as Range<UInt64>)
    func reproducible(seed: UInt64) throws {
        func run() throws -> [Decision] {
            var simulation = try simulation(seed: seed) {
                $0.faults = try FaultPlan(Fault.allCases.map { "\($0.rawValue)=0.08" }.joined(separator: ","))
                $0.jitter = .milliseconds(5)
            }
            let token = try token(for: &simulation, at: start)
            return (0..<50).map { simulation.handle(link("\($0)", token: token), at: start) }
        }
        #expect(try run() == run())
    }

    @Test("whatever goes wrong, the journal says which requests took effect", arguments: 0..<20 as Range<UInt64>)
    func journalIsTruthful(seed: UInt64) throws {
        var simulation = try simulation(seed: seed) {
            $0.faults = try FaultPlan(Fault.allCases.map { "\($0.rawValue)=0.1" }.joined(separator: ","))
        }
        let token = try token(for: &simulation, at: start)
        var random = SplitMix64(seed: seed)
        for _ in 0..<300 {
            let externalID = String(Int.random(in: 0..<100, using: &random))
            _ = simulation.handle(link(externalID, token: token), at: start)
        }
        let applied = simulation.journal.filter(\.applied).compactMap(\.externalID)
        #expect(applied == simulation.tenant.directory.allLinks.map(\.externalID))
        #expect(simulation.counters.totalRequests == 300)
        let unanswered = simulation.journal.count { $0.answer == .reset || $0.answer == .stall }
        #expect(simulation.counters.statuses.values.reduce(0, +) + unanswered == 300)
        #expect(simulation.counters.faults.values.reduce(0, +) == simulation.journal.count { $0.fault != nil })
    }
}

extension Delivery {
    fileprivate var reply: Reply? {
        switch self {
        case .reply(let reply), .half(let reply): reply
        case .reset, .stall: nil
        }
    }
}
