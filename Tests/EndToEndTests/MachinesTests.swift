import Foundation
import PostgresTestKit
import TestKit
import Testing

@Suite("Several machines over one ledger in PostgreSQL", .serialized, .patient)
struct MachinesTests {
    /// Processes as on machines of their own: each in a folder with its copy of the file.
    private struct Machines {
        let desk: Desk
        let server: PostgresServer
        let schema: String

        init(_ desk: Desk, _ server: PostgresServer? = nil) throws {
            self.desk = desk
            self.server = try server ?? .shared()
            schema = self.server.newSchema()
        }

        var ledger: [String] { ["--ledger", server.uri, "--ledger-schema", schema] }

        /// Imports a file with this ledger; `name`: of the copy that this machine has.
        func start(_ name: String, _ arguments: String..., rows: ClosedRange<Int>) throws -> Program {
            try start(name, arguments, rows: rows)
        }

        func start(
            _ name: String,
            _ arguments: [String],
            environment: [String: String?] = [:],
            rows: ClosedRange<Int>
        ) throws -> Program {
            try desk.folder.write(name, Rows.csv(rows))
            let all = ["import", name, "--json", "--progress", "none"] + ledger + arguments
            return try desk.start(all, environment: environment)
        }

        func pinglink(_ command: String, _ arguments: String...) async throws -> Outcome {
            try await desk.start([command] + arguments + [server.uri, "--ledger-schema", schema]).outcome()
        }

        /// What has become of an import of these rows: each link once, and all of it in the ledger.
        func check(_ rows: ClosedRange<Int>) async throws {
            let links = try await desk.simulator.links()
            #expect(links.count == rows.count)
            #expect(try await desk.simulator.journal().brokenPromises == [])
            let export = try await pinglink("export", "--format", "jsonl")
            try #require(export.exitCode == 0, "\(export.errors)")
            let results = try export.output.split(separator: "\n").map {
                try Outcome.decoder.decode(LedgerRow.self, from: Data($0.utf8))
            }
            #expect(results.count == rows.count)
            #expect(results.allSatisfy { ["linked", "already-linked"].contains($0.state) })
            #expect(Set(results.compactMap(\.externalId)).count == rows.count)
        }
    }

    private static func linked(_ outcomes: [Outcome]) throws -> Int {
        try outcomes.reduce(0) { try $0 + $1.json(Summary.self).linked }
    }

    @Test("share the rows; each ends when all rows have their ends, and with the exit code of the whole import")
    func share() async throws {
        try await Desk.with("--latency", "20") { desk in
            let machines = try Machines(desk)
            let programs = try (1...3).map { try machines.start("users-\($0).csv", "--rate", "100", rows: 1...300) }
            var outcomes: [Outcome] = []
            for program in programs { outcomes.append(await program.outcome()) }
            #expect(outcomes.map(\.exitCode) == [0, 0, 0], "\(outcomes.map(\.errors))")
            #expect(try outcomes.map { try $0.json(Summary.self).accounted } == [300, 300, 300])
            #expect(try Self.linked(outcomes) == 300)
            try await machines.check(1...300)
            let status = try await machines.pinglink("status")
            #expect(
                status.output.contains("\n  300 linked\n"),
                "three copies of a file are one input: \(status.output)"
            )
        }
    }

    @Test("a machine that is killed loses its rows to the others, which read them back")
    func killed() async throws {
        try await Desk.with("--latency", "50") { desk in
            let machines = try Machines(desk)
            let first = try machines.start("first.csv", "--rate", "40", "--lease", "8s", rows: 1...400)
            try await desk.simulator.hasSeen(posts: 20)
            let second = try machines.start("second.csv", "--rate", "200", "--lease", "8s", rows: 1...400)
            try await desk.simulator.hasSeen(posts: 60)
            first.send(SIGKILL)
            _ = await first.outcome()
            let outcome = await second.outcome()
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            try await machines.check(1...400)
        }
    }

    @Test("a machine that has done all else says for whom it waits, in the log and on the live line")
    func waits() async throws {
        try await Desk.with("--latency", "50") { desk in
            let machines = try Machines(desk)
            let first = try machines.start("first.csv", "--rate", "40", "--lease", "2m", rows: 1...200)
            try await desk.simulator.hasSeen(posts: 20)
            first.send(SIGSTOP)
            let second = try machines.start("second.csv", "--rate", "400", "--lease", "2m", rows: 1...200)
            try await second.hasSaid("process \(first.processID), holds; its lease ends in ")
            try desk.folder.write("third.csv", Rows.csv(1...200))
            let third = try PseudoTerminal.start(
                desk,
                ["import", "third.csv", "--rate", "400", "--progress", "bar"] + machines.ledger,
                widths: [300],
                environment: ["TERM": "xterm"]
            )
            try await third.hasSaid("waiting for ")
            first.send(SIGCONT)
            for program in [first, second, third] {
                let outcome = await program.outcome()
                #expect(outcome.exitCode == 0, "\(outcome.errors)")
            }
            try await machines.check(1...200)
        }
    }

    @Test(
        "a machine that was suspended for longer than its lease takes no harm and does none, and goes on as a new run"
    )
    func suspended() async throws {
        try await Desk.with("--latency", "50") { desk in
            let machines = try Machines(desk)
            let first = try machines.start("first.csv", "--rate", "40", "--lease", "8s", rows: 1...400)
            try await desk.simulator.hasSeen(posts: 20)
            first.send(SIGSTOP)
            let second = try await machines.start("second.csv", "--rate", "200", "--lease", "8s", rows: 1...400)
                .outcome()
            #expect(second.exitCode == 0, "\(second.errors)")
            first.send(SIGCONT)
            let outcome = await first.outcome()
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            #expect(try outcome.json(Summary.self).accounted == 400)
            try await machines.check(1...400)
        }
    }

    @Test("clocks that are an hour apart are no matter: leases go by the database's clock")
    func clocks() async throws {
        try await Desk.with("--latency", "20") { desk in
            let machines = try Machines(desk)
            let clock = try await WallClock(in: desk.folder)
            let flags = ["--rate", "100", "--lease", "20s"]
            let programs = try [-3600, 3600].map {
                try machines.start("users\($0).csv", flags, environment: clock.ahead(by: $0), rows: 1...400)
            }
            func processes(_ condition: String) throws -> Int {
                let query = "SELECT 1 FROM processes WHERE \(condition)"
                return try machines.server.rows(query, schema: machines.schema).count
            }
            try await desk.simulator.hasSeen(posts: 20)
            // Until each has given a sign of life besides its first one.
            try await waitUntil { try processes("abs(extract(epoch FROM lease_until - started_at) - 20) > 0.2") >= 2 }
            #expect(try processes("extract(epoch FROM lease_until - clock_timestamp()) BETWEEN 0 AND 20") == 2)
            for program in programs {
                let outcome = await program.outcome()
                #expect(outcome.exitCode == 0, "\(outcome.errors)")
            }
            #expect(try machines.server.rows("SELECT * FROM runs", schema: machines.schema).count == 2)
            try await machines.check(1...400)
        }
    }

    @Test("a server that crashes and comes back is waited for, and nothing is lost or sent twice")
    func serverCrashes() async throws {
        try await Desk.with("--latency", "20") { desk in
            let server = try PostgresServer()
            let machines = try Machines(desk, server)
            let programs = try (1...2).map {
                try machines.start("users-\($0).csv", "--rate", "60", "--lease", "8s", rows: 1...300)
            }
            try await desk.simulator.hasSeen(posts: 60)
            try server.stop()
            for program in programs { try await program.hasSaid("the database is away") }
            try server.start()
            for program in programs {
                let outcome = await program.outcome()
                #expect(outcome.exitCode == 0, "\(outcome.errors)")
                #expect(outcome.messages.contains("the database is back"))
            }
            try await machines.check(1...300)
        }
    }

    @Test(
        "a database that stays away ends the run with 74, also where nothing waits to be written; another run goes on",
        arguments: [("60", 30), ("1", 2)]
    )
    func serverStaysAway(rate: String, posts: Int) async throws {
        try await Desk.with("--latency", "20") { desk in
            let server = try PostgresServer()
            let machines = try Machines(desk, server)
            let run = try machines.start("users.csv", "--rate", rate, "--ledger-patience", "2s", rows: 1...300)
            try await desk.simulator.hasSeen(posts: posts)
            try server.stop()
            let outcome = await run.outcome()
            #expect(outcome.exitCode == 74)
            #expect(outcome.errors.contains("the ledger cannot be written: "))
            try server.start()
            let second = try await machines.start("users.csv", "--rate", "600", "--lease", "2s", rows: 1...300)
                .outcome()
            #expect(second.exitCode == 0, "\(second.errors)")
            try await machines.check(1...300)
        }
    }

    @Test("connections that are cut are made again")
    func cutConnections() async throws {
        try await Desk.with("--latency", "20") { desk in
            let server = try PostgresServer()
            let machines = try Machines(desk, server)
            let run = try machines.start("users.csv", "--rate", "100", rows: 1...300)
            for round in 1...5 {
                try await desk.simulator.hasSeen(posts: 40 * round)
                try server.rows(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pinglink'"
                )
            }
            let outcome = await run.outcome()
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            try await machines.check(1...300)
        }
    }

    @Test("rows that stay rejected are in the result files of each machine, and in its exit code")
    func rejected() async throws {
        try await Desk.with { desk in
            let machines = try Machines(desk)
            try await desk.simulator.change(#"{"faults": "500=1,only=POST"}"#)
            let flags = ["--attempts", "1", "--rate", "600"]
            let first = try machines.start("first.csv", flags, rows: 1...15)
            let second = try machines.start("second.csv", flags, rows: 1...15)
            for (name, program) in [("first", first), ("second", second)] {
                let outcome = await program.outcome()
                #expect(outcome.exitCode == 1, "\(outcome.errors)")
                #expect(try outcome.json(Summary.self).failed == 15)
                let retry = try String(contentsOf: desk.folder.file("\(name).csv.retry.csv"), encoding: .utf8)
                #expect(retry.split(separator: "\n").count == 16)
            }
            #expect(
                try await desk.simulator.counters().posts == 15,
                "what one machine has given up the other does not try"
            )
        }
    }

    @Test("standard input, verify and undo are for one process at a time: another one ends with 75 and says who it is")
    func alone() async throws {
        try await Desk.with("--latency", "50") { desk in
            let machines = try Machines(desk)
            try desk.folder.write("users.csv", Rows.csv(1...200))
            let arguments = ["import", "-", "--rate", "30", "--lease", "2m"] + machines.ledger
            let first = try desk.start(arguments, input: "users.csv")
            try await desk.simulator.hasSeen(posts: 5)
            first.send(SIGSTOP)
            let second = try await desk.start(arguments, input: "users.csv").outcome()
            #expect(second.exitCode == 75)
            #expect(second.errors.contains(", process \(first.processID), since "))
            let status = try await machines.pinglink("status")
            #expect(status.output.contains("going on on "))
            #expect(status.output.contains("process \(first.processID), "))
            #expect(status.output.contains("lease ends in "))
            first.send(SIGCONT)
            first.send(SIGTERM)
            #expect(await first.outcome().exitCode == 143)
            #expect(try await desk.start(arguments, input: "users.csv").outcome().exitCode == 0)

            let verify = try desk.start([
                "verify", "--rate", "20", "--lease", "2m", machines.server.uri, "--ledger-schema", machines.schema,
            ])
            try await desk.simulator.hasSeen("GET linkedAccounts", 5)
            verify.send(SIGSTOP)
            let undo = try await machines.pinglink("undo", "--yes")
            #expect(undo.exitCode == 75)
            #expect(undo.errors.contains(", process \(verify.processID), since "))
            verify.send(SIGCONT)
            verify.send(SIGTERM)
            _ = await verify.outcome()
            #expect(try await machines.pinglink("undo", "--yes", "--rate", "600").exitCode == 0)
            #expect(try await desk.simulator.links().isEmpty)
        }
    }

    @Test("a machine that is drained leaves nothing to the others that they do not finish")
    func drained() async throws {
        try await Desk.with("--latency", "50") { desk in
            let machines = try Machines(desk)
            try await desk.simulator.change(#"{"faults": "500=0.3,only=POST"}"#)
            let flags = ["--rate", "100", "--max-failures", "100%", "--attempts", "9"]
            let first = try machines.start("first.csv", flags, rows: 1...200)
            let second = try machines.start("second.csv", flags, rows: 1...200)
            try await desk.simulator.hasSeen(posts: 60)
            first.send(SIGTERM)
            #expect(await first.outcome().exitCode == 143)
            try await desk.simulator.change(#"{"faults": ""}"#)
            let outcome = await second.outcome()
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            try await machines.check(1...200)
        }
    }

    @Test("an undo does not meet an import")
    func undoMeetsImport() async throws {
        try await Desk.with("--latency", "50") { desk in
            let machines = try Machines(desk)
            let run = try machines.start("users.csv", "--rate", "40", "--lease", "2m", rows: 1...200)
            try await desk.simulator.hasSeen(posts: 10)
            run.send(SIGSTOP)
            let undo = try await machines.pinglink("undo", "--yes")
            #expect(undo.exitCode == 75)
            #expect(undo.errors.contains(", process \(run.processID), since "))
            run.send(SIGCONT)
            #expect(await run.outcome().exitCode == 0)
            try await machines.check(1...200)
        }
    }

    @Test("a password on the command line is refused; one in the variable is used and shown nowhere")
    func password() async throws {
        try await Desk.with { desk in
            let machines = try Machines(desk)
            try desk.folder.write("users.csv", Rows.csv(1...3))
            let uri = machines.server.uri.replacing("pinglink@", with: "pinglink:hunter2@")
            let refused = try await desk.pinglink("import", "users.csv", "--ledger", uri)
            #expect(refused.exitCode == 64)
            #expect(!refused.errors.contains("hunter2"))
            #expect(refused.errors.contains("PGPASSWORD"))
            let environment: [String: String?] = ["PINGLINK_LEDGER": uri]
            let run = try await desk.pinglink(
                "import",
                "users.csv",
                "--ledger-schema",
                machines.schema,
                environment: environment
            )
            #expect(run.exitCode == 0, "\(run.errors)")
            let config = try await desk.pinglink("config", "show", environment: environment)
            let status = try await desk.pinglink("status", "--ledger-schema", machines.schema, environment: environment)
            #expect(status.exitCode == 0)
            #expect(![run, config, status].contains { ($0.output + $0.errors).contains("hunter2") })
        }
    }
}
