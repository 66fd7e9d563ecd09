import Foundation
import ImportTestKit
import Ledger
import Pacing
import PingOneClient
import PingOneSimulator
import TestKit
import Testing

@testable import LinkImport
@testable import LinkRows

@Suite("An import that is stopped or cannot begin")
struct ImportStopTests {
    @Test("nothing but 401: no row is burnt, exit 77")
    func unauthorized() async throws {
        var configuration = SimulatorConfiguration()
        configuration.settings.deny = 401
        let bench = try await ImportBench(configuration)
        let result = try await bench.run(SampleCSV.rows(1...50))
        #expect(result.report.exitCode == 77)
        #expect(result.counts.unsent == 50)
        #expect(bench.simulator.counters.totalRequests == 2, "one with each token")
        #expect(bench.simulator.counters.tokensIssued == 2)
        try bench.expectAgreement(result)
        #expect(try bench.ledgerCounts() == [:])
        await bench.simulator.stop()
    }

    @Test("nothing but 403: two warnings, one row rejected, exit 77")
    func forbidden() async throws {
        var configuration = SimulatorConfiguration()
        configuration.settings.deny = 403
        let bench = try await ImportBench(configuration)
        let result = try await bench.run(SampleCSV.rows(1...50))
        #expect(result.report.exitCode == 77)
        #expect(result.report.stop?.message.contains("the first row") == true)
        #expect(result.counts.rejected == 1)
        #expect(result.counts.unsent == 49)
        #expect(result.warnings.count == 2)
        #expect(bench.posts.count == 1)
        try bench.expectAgreement(result)
        await bench.simulator.stop()
    }

    @Test("403 for 20 rows in a row ends it with 77, and the next run links them when it is told to")
    func forbiddenMidway() async throws {
        let bench = try await ImportBench()
        let simulator = bench.simulator
        var denying = SimulatorSettings()
        denying.deny = 403
        let refusing = denying
        let result = try await bench.run(SampleCSV.rows(1...60)) {
            $0.workers = 1
            // The look-ups of environment and identity provider, and nine rows.
            $0.beforeSending = { if $0 == 12 { try? simulator.change(to: refusing) } }
        }
        #expect(result.report.exitCode == 77)
        #expect(result.report.stop?.message.contains("20 rows in a row") == true)
        #expect(result.counts.linked == 9)
        #expect(result.counts.rejected == 20)
        #expect(result.counts.unsent == 31)
        #expect(bench.simulator.counters.totalRequests == 2 + 29)
        try bench.expectAgreement(result)

        try bench.simulator.change(to: SimulatorSettings())
        let rest = try await bench.run(SampleCSV.rows(1...60)) {
            $0.runID = "run-2"
            $0.resume = ResumePolicy(retrying: [.rejected])
        }
        #expect(rest.report.exitCode == 0)
        #expect(bench.simulator.links.count == 60)
        try bench.expectAgreement(rest)
        await bench.simulator.stop()
    }

    @Test("an identity provider that PingOne does not know: nothing is sent, exit 78")
    func unknownProvider() async throws {
        let bench = try await ImportBench()
        let result = try await bench.run(SampleCSV.rows(1...5)) { $0.provider = SampleIDs.user(7) }
        #expect(result.report.stop == .unknownIdentityProvider(SampleIDs.user(7)))
        #expect(result.report.exitCode == 78)
        #expect(result.counts.unsent == 5)
        #expect(bench.posts.isEmpty)
        await bench.simulator.stop()
    }

    @Test("an environment that PingOne does not know: nothing is sent, exit 78")
    func unknownEnvironment() async throws {
        let bench = try await ImportBench()
        let result = try await bench.run(SampleCSV.rows(1...5)) { $0.environment = SampleIDs.user(7) }
        #expect(result.report.stop == .unknownEnvironment(SampleIDs.user(7), flag: "--environment"))
        #expect(result.report.exitCode == 78)
        await bench.simulator.stop()
    }

    @Test("the breaker names the cause, and what was not sent stays unsent")
    func breaker() async throws {
        var configuration = SimulatorConfiguration()
        let users = try TemporaryFolder()
        configuration.users = try UserList(path: users.write("users.txt", SampleIDs.user(1) + "\n"))
        let bench = try await ImportBench(configuration)
        let result = try await bench.run(SampleCSV.rows(1...500)) {
            $0.workers = 1
            $0.breaker = Breaker(.count(10))
        }
        #expect(result.report.exitCode == 69)
        #expect(
            result.report.stop?.message
                == "Stopped: 10 of the last 11 rows sent have failed, 100 % of them with HTTP 404 NOT_FOUND. "
                + "Correct the cause, or raise --max-failures, then run again to go on."
        )
        #expect(result.counts.linked == 1)
        #expect(result.counts.rejected == 10)
        #expect(result.counts.unsent == 489)
        try bench.expectAgreement(result)
        await bench.simulator.stop()
    }

    @Test("a signal in the middle: what is in flight ends, the rest is unsent, no intent is left")
    func signal() async throws {
        let bench = try await ImportBench()
        let control = RunControl()
        let result = try await bench.run(SampleCSV.rows(1...2000)) {
            $0.control = control
            $0.beforeSending = { if $0 == 100 { control.stop(.signal(15)) } }
        }
        #expect(result.report.exitCode == 143)
        #expect(result.counts.linked >= 50)
        #expect(result.counts.linked + result.counts.unsent + result.counts.unsettled + result.counts.failed == 2000)
        #expect(result.counts.unsent > 0)
        try bench.expectAgreement(result)

        let rest = try await bench.run(SampleCSV.rows(1...2000)) { $0.runID = "run-2" }
        #expect(rest.report.exitCode == 0)
        #expect(bench.posts.count == 2000)
        try bench.expectAgreement(rest)
        await bench.simulator.stop()
    }

    @Test("tokens that lose their worth in the middle are renewed, and no row is lost")
    func tokensExpire() async throws {
        let bench = try await ImportBench()
        let simulator = bench.simulator
        let result = try await bench.run(SampleCSV.rows(1...500)) {
            $0.workers = 32
            $0.beforeSending = { if $0 == 100 { simulator.revokeTokens() } }
        }
        #expect(result.report.exitCode == 0)
        #expect(result.counts.linked == 500)
        // More, where an answer with a token comes too late.
        #expect(bench.simulator.counters.tokensIssued >= 2)
        try bench.expectAgreement(result)
        await bench.simulator.stop()
    }
}
