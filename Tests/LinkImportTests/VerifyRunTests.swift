import ImportTestKit
import PingOneSimulator
import TestKit
import Testing

@testable import Ledger
@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("Reading every linked row back", .serialized)
struct VerifyRunTests {
    @Test("rows that are there match, with one GET for each user and nothing but GETs")
    func match() async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(SampleCSV.rows(1...20) + "\(SampleIDs.user(3)),second\n")
        let before = bench.simulator.journal.count
        let result = try await bench.verify()
        #expect(result.report.exitCode == 0)
        #expect(result.report.rows == 21)
        #expect(result.report.counts.filter { $0.value > 0 } == [.match: 21])
        #expect(result.report.requests == 21, "the environment and 20 users")
        #expect(result.rows.map(\.line) == Array(2...22))
        #expect(result.rows.allSatisfy { $0.result == .match && $0.foundExternalID == nil })
        #expect(result.events == [])
        let requests = bench.simulator.journal.dropFirst(before)
        #expect(requests.allSatisfy { $0.method == "GET" && $0.body.isEmpty })
        #expect(Set(bench.readUsers).count == 20)
        await bench.simulator.stop()
    }

    @Test("what was changed behind the ledger's back is found: missing, different, extra")
    func changed() async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(SampleCSV.rows(1...6))
        let links = bench.simulator.links
        func link(_ user: Int) throws -> LinkRecord {
            try #require(links.first { $0.userID == SampleIDs.user(user) })
        }
        bench.simulator.removeLink(try link(2).linkedAccountID)
        bench.simulator.removeLink(try link(4).linkedAccountID)
        let strangers = "userID,externalId\n\(SampleIDs.user(4)),other-4\n\(SampleIDs.user(5)),beside-5\n"
        _ = try await ImportBench(bench.simulator).run(strangers)

        let result = try await bench.verify()
        #expect(result.report.exitCode == 1)
        #expect(
            result.report.counts.filter { $0.value > 0 } == [.match: 4, .missing: 1, .different: 1, .extra: 1]
        )
        #expect(result.lines(.missing) == [3])
        let different = try #require(result.rows.first { $0.result == .different })
        #expect(different.line == 5)
        #expect(different.externalID == "account-4")
        #expect(different.foundExternalID == "other-4")
        #expect(different.linkedAccountID == (try link(4).linkedAccountID))
        let extra = try #require(result.rows.first { $0.result == .extra })
        #expect(extra.line == nil)
        #expect(extra.userID == SampleIDs.user(5))
        #expect(extra.externalID == nil)
        #expect(extra.foundExternalID == "beside-5")
        #expect(extra.linkedAccountID == bench.simulator.links.last?.linkedAccountID)
        #expect(result.events.count == 3)
        #expect(result.events.contains(.rowStandsOut(line: 5, as: "different", problem: nil)))
        await bench.simulator.stop()
    }

    @Test("already-linked rows are looked at as well, rows in other states are not")
    func states() async throws {
        let bench = try await ImportBench()
        _ = try await ImportBench(bench.simulator).run(SampleCSV.rows(1...2))
        _ = try await bench.run(SampleCSV.rows(1...4) + "\(SampleIDs.user(5)),account-9\nbad,x\n")
        _ = try await ImportBench(bench.simulator).run(SampleCSV.rows([9]))
        _ = try await bench.run(SampleCSV.rows(1...4) + "\(SampleIDs.user(9)),account-5\n") { $0.runID = "run-2" }
        let linked = try bench.ledgerRows.filter { [.linked, .alreadyLinked].contains($0.state) }
        let result = try await bench.verify()
        #expect(result.report.rows == linked.count)
        #expect(result.rows.compactMap(\.line) == linked.map(\.line))
        await bench.simulator.stop()
    }

    @Test("a user whom PingOne does not know has no links")
    func unknownUser() async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(SampleCSV.rows(1...3))
        await bench.simulator.stop()
        var configuration = SimulatorConfiguration()
        let folder = try TemporaryFolder()
        configuration.users = try UserList(path: folder.write("users.txt", SampleIDs.user(1) + "\n"))
        let emptied = try ImportBench(try await Simulator.start(configuration), in: bench.folder)
        let result = try await emptied.verify()
        #expect(result.report.counts.filter { $0.value > 0 } == [.missing: 3])
        await emptied.simulator.stop()
    }

    @Test("a ledger without linked rows has nothing to look at; rows of other environments are told and left alone")
    func elsewhere() async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(SampleCSV.rows(1...3))
        let result = try await bench.verify { $0.environment = SampleIDs.user(7) }
        #expect(result.verification == Verification(rows: 0, checked: 0, elsewhere: 3))
        #expect(result.rows == [])
        #expect(bench.readUsers == [])
        #expect(result.report.exitCode == 78)
        await bench.simulator.stop()
    }

    @Test("403 for the first user ends it with 77 and says what is forbidden")
    func forbidden() async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(SampleCSV.rows(1...30))
        var settings = SimulatorSettings()
        settings.deny = 403
        try bench.simulator.change(to: settings)
        let result = try await bench.verify()
        #expect(result.report.exitCode == 77)
        #expect(bench.readUsers.count == 1)
        #expect(result.report.counts.filter { $0.value > 0 } == [.unknown: 30])
        #expect(
            result.report.stop?.message
                == "PingOne forbids reading links (HTTP 403 ACCESS_FAILED, INSUFFICIENT_PERMISSIONS, the first row). "
                + "Give the worker application the Identity Data Admin role for these users, then run again."
        )
        await bench.simulator.stop()
    }

    @Test("403 for 20 users in a row ends it with 77, and the next call reads them")
    func forbiddenMidway() async throws {
        let bench = try await ImportBench()
        let simulator = bench.simulator
        _ = try await bench.run(SampleCSV.rows(1...60))
        var denying = SimulatorSettings()
        denying.deny = 403
        let refusing = denying
        let result = try await bench.verify {
            $0.workers = 1
            $0.beforeSending = { if $0 == 12 { try? simulator.change(to: refusing) } }
        }
        #expect(result.report.exitCode == 77)
        #expect(result.report.counts.filter { $0.value > 0 } == [.match: 10, .unknown: 50])
        try bench.simulator.change(to: SimulatorSettings())
        let rest = try await bench.verify()
        #expect(rest.verification.checked == 10)
        #expect(rest.report.exitCode == 0)
        #expect(rest.report.requests == 51)
        await bench.simulator.stop()
    }
}
