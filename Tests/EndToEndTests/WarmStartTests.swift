import Foundation
import Testing

@Suite("The rate of the next run", .patient)
struct WarmStartTests {
    @Test("begins where the last one has found the limit, and nothing is refused, whether rows are sent or read")
    func warm() async throws {
        try await Desk.with("--rate-limit", "30", "--burst", "20", "--latency", "10") { desk in
            try desk.folder.write("users.csv", Rows.csv(1...240))
            let first = try await desk.pinglink("import", "users.csv", "--json").json(Summary.self)
            #expect(first.linked == 240)
            #expect(first.throttled > 0)

            try desk.folder.write("users.csv", Rows.csv(1...300))
            let second = try await desk.pinglink("import", "users.csv", "--json").json(Summary.self)
            #expect(second.linked == 60)
            #expect(second.throttled == 0)

            let before = try await desk.simulator.counters().throttled
            #expect(try await desk.pinglink("verify", "users.csv.ledger").exitCode == 0)
            #expect(try await desk.simulator.counters().throttled == before)
        }
    }
}
