import Foundation
import ImportTestKit
import Ledger
import Pacing
import PingOneAPI
import PingOneSimulator
import SQLiteLedger
import TestKit
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("An import of users by name")
struct UserImportTests {
    /// As users are called who are in no list.
    private static func name(_ number: Int) -> String { "user-\(SampleIDs.user(number))@example.com" }

    private static func rows(_ numbers: some Sequence<Int>) -> String {
        "userID,externalId\n" + numbers.map { "\(name($0)),account-\($0)\n" }.joined()
    }

    private func lookups(_ bench: ImportBench) -> Int { bench.simulator.journal.count { $0.route == "users" } }

    private static func list(_ text: String) -> SimulatorConfiguration {
        var configuration = SimulatorConfiguration()
        configuration.users = UserList(text: text.utf8)
        return configuration
    }

    @Test("links each to the user who has the name; the ledger has the ids, and a second run asks nobody")
    func byName() async throws {
        let bench = try await ImportBench()
        let result = try await bench.run(Self.rows(1...100)) { $0.userKey = .username }
        #expect(result.report.exitCode == 0)
        #expect(result.counts.linked == 100)
        #expect(result.counts.requests == 202)
        #expect(lookups(bench) == 100)
        try bench.expectAgreement(result)
        #expect(
            Dictionary(uniqueKeysWithValues: bench.simulator.links.map { ($0.externalID, $0.userID) })
                == Dictionary(uniqueKeysWithValues: (1...100).map { ("account-\($0)", SampleIDs.user($0)) })
        )
        let ledger = try Data(contentsOf: URL(filePath: bench.ledgerPath))
        #expect(ledger.range(of: Data(SampleIDs.user(7).utf8)) != nil)
        #expect(ledger.range(of: Data("example.com".utf8)) == nil)

        let shouted = Self.rows((1...100).reversed()).replacing("user-", with: "USER-")
        let again = try await bench.run(shouted) {
            $0.runID = "run-2"
            $0.userKey = .username
        }
        #expect(again.report.exitCode == 0)
        #expect(again.counts.skipped == 100)
        #expect(again.counts.requests == 0)
        try bench.expectAgreement(again)
        await bench.simulator.stop()
    }

    @Test("a user who cannot be looked up holds up nobody else, and is asked for again by the next run")
    func unanswered() async throws {
        let bench = try await ImportBench()
        let simulator = bench.simulator
        let result = try await bench.run(Self.rows(1...4)) {
            $0.userKey = .username
            $0.workers = 1
            // Environment, identity provider, the first user; then the second one, as often as it is tried.
            $0.beforeSending = { number in
                guard number == 4 || number == 12 else { return }
                var settings = SimulatorSettings()
                settings.faults = (try? FaultPlan(number == 4 ? "500=1,on=all" : "")) ?? settings.faults
                try? simulator.change(to: settings)
            }
        }
        #expect(result.report.exitCode == 1)
        #expect(result.counts.linked == 3)
        #expect(result.counts.invalid == 1)
        #expect(try bench.folder.text("rejects.csv").contains("LOOK_UP_FAILED"))
        try bench.expectAgreement(result)
        let again = try await bench.run(Self.rows(1...4)) {
            $0.runID = "run-2"
            $0.userKey = .username
        }
        #expect(again.report.exitCode == 0)
        #expect(again.counts.linked == 1)
        try bench.expectAgreement(again)
        await bench.simulator.stop()
    }

    @Test("a first look-up without an answer ends the run before others are tried")
    func nobodyAnswers() async throws {
        let bench = try await ImportBench()
        let simulator = bench.simulator
        let result = try await bench.run(Self.rows(1...50)) {
            $0.userKey = .username
            $0.beforeSending = { number in
                guard number == 3 else { return }
                var settings = SimulatorSettings()
                settings.faults = (try? FaultPlan("500=1,on=all")) ?? settings.faults
                try? simulator.change(to: settings)
            }
        }
        #expect(result.report.stop == .unreachable(reason: "users cannot be looked up (HTTP 500 UNEXPECTED_ERROR)"))
        #expect(result.counts.unsent + result.counts.invalid == 50)
        #expect(lookups(bench) == 8)
        await bench.simulator.stop()
    }

    @Test("nobody and several are invalid, with the reason, and the others go on")
    func unfit() async throws {
        let bench = try await ImportBench(
            Self.list(
                """
                userID,email
                \(SampleIDs.user(1)),"o""neil@example.com"
                \(SampleIDs.user(2)),both@example.com
                \(SampleIDs.user(3)),Both@example.com
                \(SampleIDs.user(4)),last@example.com

                """
            )
        )
        let result = try await bench.run(
            """
            Login,externalId
            "o""neil@example.com",account-1
            nobody@example.com,account-2
            both@example.com,account-3
            last@example.com,account-4
            ,account-5

            """
        ) {
            $0.userKey = .email
            $0.columns.map = [ColumnPlan.Options.Mapping(argument: "Login=userID")].compactMap(\.self)
        }
        #expect(result.report.exitCode == 1)
        #expect(result.counts.linked == 2)
        #expect(result.counts.invalid == 3)
        #expect(Set(bench.simulator.links.map(\.userID)) == [SampleIDs.user(1), SampleIDs.user(4)])
        try bench.expectAgreement(result)
        let rejects = try bench.folder.text("rejects.csv").split(separator: "\n").dropFirst().map(String.init)
            .sorted()
        #expect(
            rejects == [
                #",account-5,6,invalid,"EMPTY_USER_KEY, column ""Login"": the user's email is empty","#
                    + "Give the user's email in PingOne.",
                #"both@example.com,account-3,4,invalid,"SEVERAL_USERS, column ""Login"": more than one user has this "#
                    + #"email","Name the user by the username, which is unique, or by the id.""#,
                #"nobody@example.com,account-2,3,invalid,"NO_SUCH_USER, column ""Login"": no user has this email","#
                    + #""Check that the user is in this environment and visible to the worker application, and how it "#
                    + #"is spelled.""#,
            ]
        )
        await bench.simulator.stop()
    }

    @Test("a user who stands in many rows is looked up once")
    func once() async throws {
        let bench = try await ImportBench()
        let csv = "userID,externalId\n" + (1...200).map { "\(Self.name(1)),account-\($0)\n" }.joined()
        let result = try await bench.run(csv) { $0.userKey = .email }
        #expect(result.counts.linked == 200)
        #expect(lookups(bench) == 1)
        try bench.expectAgreement(result)
        await bench.simulator.stop()
    }

    @Test("what an earlier run linked by id, or by another key, is found by one look-up, and then without")
    func knownByID() async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(SampleCSV.rows(1...20))
        var run = 1
        for (key, expected) in [(UserKey.email, 20), (.email, 0), (.username, 20), (.username, 0)] {
            let before = lookups(bench)
            run += 1
            let result = try await bench.run(Self.rows(1...20)) { [run] in
                $0.runID = "run-\(run)"
                $0.userKey = key
            }
            #expect(result.report.exitCode == 0)
            #expect(result.counts.skipped == 20)
            #expect(lookups(bench) - before == expected)
            #expect(result.counts.requests == (expected == 0 ? 0 : expected + 2))
        }
        #expect(bench.posts.count == 20)
        await bench.simulator.stop()
    }

    @Test("of the rows that a limit keeps back, nobody is looked up")
    func limit() async throws {
        let bench = try await ImportBench()
        for run in 1...3 {
            let result = try await bench.run(Self.rows(1...40)) {
                $0.runID = "run-\(run)"
                $0.userKey = .username
                $0.limit = 15
            }
            #expect(result.counts.linked == min(15, 40 - 15 * (run - 1)))
            #expect(result.report.exitCode == (run < 3 ? 3 : 0))
            #expect(lookups(bench) == min(40, 15 * run))
            try bench.expectAgreement(result)
        }
        await bench.simulator.stop()
    }

    @Test("a dry run looks up, but sends nothing and writes nothing")
    func dryRun() async throws {
        let bench = try await ImportBench()
        let result = try await bench.run(Self.rows(1...5) + "nobody,x\n") {
            $0.userKey = .username
            $0.isDryRun = true
        }
        #expect(result.counts.unsent == 5)
        #expect(result.counts.invalid == 1)
        #expect(lookups(bench) == 6)
        #expect(bench.simulator.journal.allSatisfy { $0.method == "GET" })
        #expect(result.counts.requests == 8)
        #expect(try bench.folder.names == ["in.csv"])
        await bench.simulator.stop()
    }

    @Test("if looking up is forbidden, one refusal is enough")
    func forbidden() async throws {
        var configuration = SimulatorConfiguration()
        configuration.settings.deny = 403
        let bench = try await ImportBench(configuration)
        let result = try await bench.run(Self.rows(1...50)) { $0.userKey = .username }
        #expect(result.report.exitCode == 77)
        #expect(result.report.stop?.message.hasPrefix("PingOne forbids looking users up (HTTP 403") == true)
        #expect(lookups(bench) == 1)
        #expect(bench.posts.isEmpty)
        #expect(result.counts.unsent == 50)
        await bench.simulator.stop()
    }

    @Test(
        "trouble with every request: each row is linked once, and all records agree",
        arguments: 1...2 as ClosedRange<UInt64>
    )
    func troubles(seed: UInt64) async throws {
        var configuration = SimulatorConfiguration()
        configuration.seed = seed
        configuration.settings.faults = try FaultPlan(
            "apply-then-reset=0.03,reset-before=0.03,apply-then-500=0.03,500=0.03,503=0.02,429=0.02,truncated=0.02,"
                + "broken-json=0.02,on=all"
        )
        let bench = try await ImportBench(configuration)
        let result = try await bench.run(Self.rows(1...500)) {
            $0.userKey = .username
            $0.workers = 32
        }
        #expect(result.report.stop == nil)
        #expect(result.counts.linked + result.counts.failed + result.counts.unsettled == 500)
        try bench.expectAgreement(result)

        var calm = bench.simulator.settings
        calm.faults = .none
        try bench.simulator.change(to: calm)
        let again = try await bench.run(Self.rows(1...500)) {
            $0.runID = "run-2"
            $0.userKey = .username
        }
        #expect(again.report.exitCode == 0)
        #expect(bench.simulator.links.count == 500)
        try bench.expectAgreement(again)
        await bench.simulator.stop()
    }

    /// A ledger in which an earlier run has left `Self.name(1)` for the user with this number.
    private func leaveBehind(_ bench: ImportBench, user: Int, as state: LinkState) async throws {
        let path = bench.ledgerPath
        try await onThread {
            let ledger = try SQLiteLedger.open(at: path, now: { Date() })
            try ledger.beginRun(RunStart(id: "earlier", source: "in.csv", inputName: "in.csv"))
            let candidate = Candidate(
                key: LinkKey(
                    environment: SampleIDs.environment,
                    userID: SampleIDs.user(user),
                    identityProviderID: SampleIDs.provider,
                    externalID: "account-1"
                ),
                line: 2,
                content: StableHash(salt: ledger.contentSalt).finalize(),
                userAlias: UserName(.username, Self.name(1)).alias(salt: ledger.contentSalt)
            )
            let ticket = try #require(try ledger.admit([candidate]) { _, _ in true }[0].ticket)
            if state != .intended { ledger.record(Settlement(state: state), for: ticket) }
            try ledger.close()
        }
    }

    @Test("a row in doubt whose name is another user's now: the old link stays in doubt, the new one is made")
    func moved() async throws {
        let bench = try await ImportBench()
        try await leaveBehind(bench, user: 9, as: .intended)
        let result = try await bench.run(Self.rows(1...1)) { $0.userKey = .username }
        #expect(result.counts.linked == 1)
        #expect(bench.simulator.links.map(\.userID) == [SampleIDs.user(1)])
        let rows = try bench.ledgerRows
        #expect(rows.map(\.userID) == [SampleIDs.user(9), SampleIDs.user(1)])
        #expect(rows.map(\.state) == [.intended, .linked])
        let again = try await bench.run(Self.rows(1...1)) {
            $0.runID = "run-2"
            $0.userKey = .username
        }
        #expect(again.counts.skipped == 1)
        #expect(again.counts.requests == 0)
        await bench.simulator.stop()
    }

    @Test(
        "a row of an earlier run whose name nobody has any more",
        arguments: [LinkState.intended, .unsettled, .failed, .rejected, .linked]
    )
    func gone(state: LinkState) async throws {
        let bench = try await ImportBench(Self.list("userID\n\(SampleIDs.user(9))\n"))
        try await leaveBehind(bench, user: 9, as: state)
        let result = try await bench.run(Self.rows(1...1)) { $0.userKey = .username }
        switch state {
        case .intended, .unsettled:
            #expect(result.counts.unsettled == 1)
            #expect(try bench.ledgerCounts() == [state: 1])
            #expect(try bench.folder.text("retry.csv").contains("no user has this username"))
        case .failed:
            #expect(result.counts.invalid == 1)
            #expect(try bench.ledgerCounts() == [.invalid: 1])
        case .rejected:
            #expect(result.counts.rejected == 1)
            #expect(lookups(bench) == 0)
        default:
            #expect(result.counts.skipped == 1)
            #expect(result.counts.requests == 0)
        }
        await bench.simulator.stop()
    }
}
