import Foundation
import PostgresTestKit
import SeededRandom
import TestKit
import Testing

/// The same as ``KillPointTests`` over a ledger that machines share: whoever goes on is another one, which has to wait for
/// the dead one's lease where it has left rows.
@Suite("A crash at any step of one machine, and another one", .serialized, .patient)
struct MachineKillPointTests {
    @Test("an import ends with the links, the ledger and the files of an unbroken one")
    func importing() async throws {
        let server = try PostgresServer.shared()
        @Sendable func trial(_ number: Int, _ desk: Desk, in schema: String) throws -> ImportTrial {
            let flags = ["--ledger", server.uri, "--ledger-schema", schema, "--lease", "4s"]
            return try ImportTrial(number, desk, ledger: flags)
        }
        try await Desk.with("--retry-after", "0", "--faults", ImportTrial.faults) { desk in
            let strangers = try (1000...1249).map { ImportTrial.strangers(try Trial($0, at: desk.simulator)) }
            try desk.folder.write("strangers.csv", Rows.header + strangers.joined())
            #expect(try await desk.importing("strangers.csv").summary.linked == 500)
            let before = try await desk.simulator.journal().count

            @Sendable func schema(_ number: Int) -> String { "trial_\(number)" }
            let unbroken = try await trial(1000, desk, in: schema(1000)).run(dyingAt: [])
            let steps = unbroken.trial.steps
            for step in ["ledgerMigrated", "holderNoted", "intentsCommitted", "leaseProlonged", "holderRemoved"] {
                #expect(steps.contains { $0 == step }, "\(step)")
            }
            var endings = try await Trial.sweep(atLeast: steps.count) { step in
                let number = 1000 + step
                let doomed = try trial(number, desk, in: schema(number))
                if step.isMultiple(of: 2) { return try await doomed.run(dyingAt: [step]) }
                return try await doomed.run(dyingAt: step, beside: try trial(number, desk, in: schema(number)))
            }
            var random = SplitMix64(seed: 4)
            let deaths = (0..<6).map { _ in (0..<2).map { _ in Int.random(in: 1...steps.count, using: &random) } }
            endings += try await Trial.each { number, _ in
                number <= deaths.count
            } body: { number in
                try await trial(1200 + number, desk, in: schema(1200 + number)).run(dyingAt: deaths[number - 1])
            }
            #expect(endings.count { !$0.deaths.isEmpty } > steps.count / 2)

            let links = try await desk.simulator.links()
            for ending in [unbroken] + endings {
                let ledger = try LedgerContent(server, schema: schema(ending.trial.number))
                #expect(ending.names == ImportTrial.files.filter { !$0.hasSuffix(".ledger") }, ending.place)
                try ImportTrial.check(ledger, of: ending, like: unbroken, against: links)
            }
            #expect(try await Array(desk.simulator.journal().dropFirst(before)).brokenPromises == [])
        }
    }

    @Test("an undo ends with every link gone, and at no time says that one is there which is not")
    func undo() async throws {
        let server = try PostgresServer.shared()
        let faults = "DELETE*0003=apply-then-reset,DELETE*0004=500"
        try await Desk.with("--retry-after", "0", "--faults", faults) { desk in
            @Sendable func schema(_ number: Int) -> String { "undo_\(number)" }
            @Sendable func trial(_ number: Int, dyingAt deaths: [Int]) async throws -> Trial.Ending {
                let trial = try Trial(number, at: desk.simulator)
                try trial.desk.folder.write("users.csv", Rows.header + (1...4).map { trial.csv($0) }.joined())
                let place = ["--ledger-schema", schema(number), "--rate", "200", "--lease", "4s"]
                let imported = try await trial.desk.start(["import", "users.csv", "--ledger", server.uri] + place)
                    .outcome()
                #expect(imported.exitCode == 0, "\(imported.errors)")
                let arguments = ["undo", server.uri, "--yes", "--concurrency", "1"] + place
                return try await trial.pinglink(arguments, dyingAt: deaths) { place in
                    let there = Set(try await desk.simulator.links().map(\.linkedAccountID))
                    for row in try LedgerContent(server, schema: schema(number)).rows where row.state == "linked" {
                        #expect(there.contains(row.linkedAccountId ?? ""), place)
                    }
                    // Until then another one is told that this one is at it.
                    let alive = "SELECT 1 FROM processes WHERE NOT is_over AND lease_until > clock_timestamp()"
                    try await waitUntil(every: .milliseconds(100)) {
                        try server.rows(alive, schema: schema(number)).isEmpty
                    }
                }
            }
            let unbroken = try await trial(1000, dyingAt: [])
            let steps = unbroken.trial.steps.count
            let endings = try await Trial.sweep(atLeast: steps / 4) { try await trial(1000 + $0, dyingAt: [4 * $0]) }
            #expect(endings.count { !$0.deaths.isEmpty } > steps / 8)

            let links = try await desk.simulator.links()
            for ending in [unbroken] + endings {
                #expect(ending.outcome.exitCode == 0, ending.place)
                let rows = try LedgerContent(server, schema: schema(ending.trial.number)).rows
                #expect(rows.map(\.state) == Array(repeating: "undone", count: 4), ending.place)
                #expect(!links.contains(where: ending.trial.owns), ending.place)
            }
        }
    }
}

extension LedgerContent {
    /// Reads the ledger in a schema.
    fileprivate init(_ server: PostgresServer, schema: String) throws {
        integrity = "ok"
        rows = try server.rows("SELECT to_jsonb(r) FROM results AS r ORDER BY line", schema: schema).map {
            try Outcome.decoder.decode(LedgerRow.self, from: Data($0.joined(separator: "\t").utf8))
        }
    }
}
