import PingOneSimulator
import TestKit
import Testing

@testable import Ledger
@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("A verification that is interrupted", .serialized)
struct VerifyResumeTests {
    @Test(
        "stopped at the n-th request and resumed, it reads each user once and ends as an unbroken one",
        arguments: [1, 2, 3, 7, 20, 41]
    )
    func stopped(number: Int) async throws {
        let bench = try await ImportBench()
        let second = (1...40).map { "\(SampleIDs.user($0)),second-\($0)\n" }.joined()
        _ = try await bench.run(SampleCSV.rows(1...40) + second)
        bench.simulator.removeLink(bench.simulator.links[10].linkedAccountID)
        let control = RunControl()
        let first = try await bench.verify {
            $0.workers = 3
            $0.control = control
            $0.beforeSending = { if $0 == number { control.stop(.signal(15)) } }
        }
        #expect(first.report.exitCode == 143)
        #expect(first.report.counts.values.reduce(0, +) == 80, "no result is lost or counted twice")
        // What seems to be missing is on disk only when it was looked at again.
        let suspect = SampleIDs.user(11)
        let read = Set(bench.readUsers).subtracting([suspect]).count
        #expect(80 - first.report.counts[.unknown, default: 0] == 2 * read)
        let looks = bench.readUsers.count { $0 == suspect }

        let rest = try await bench.verify { $0.workers = 3 }
        #expect(rest.verification.checked == 2 * read)
        #expect(rest.report.counts.filter { $0.value > 0 } == [.match: 79, .missing: 1])
        #expect(rest.report.exitCode == 1)
        #expect(rest.rows.count == 80)
        #expect(bench.readUsers.count == 39 + looks + 2)
        await bench.simulator.stop()
    }

    @Test("killed when the n-th request was answered, it goes on from what was on disk", arguments: [2, 5, 20])
    func killed(number: Int) async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(SampleCSV.rows(1...40))
        let image = LedgerImage(path: bench.ledgerPath)
        _ = try await bench.verify { $0.beforeSending = { if $0 == number { image.take() } } }
        #expect(try image.putBack())
        let rest = try await bench.verify()
        #expect(rest.report.counts.filter { $0.value > 0 } == [.match: 40])
        #expect(rest.verification.checked < number)
        #expect(rest.report.requests == 41 - rest.verification.checked)
        await bench.simulator.stop()
    }

    @Test("rows that cannot be read are unknown, and only they are read by the next call")
    func unreadable() async throws {
        let bench = try await ImportBench()
        let simulator = bench.simulator
        _ = try await bench.run(SampleCSV.rows(1...12))
        var failing = SimulatorSettings()
        failing.faults = try FaultPlan("500=1,only=GET")
        let broken = failing
        let first = try await bench.verify {
            $0.workers = 1
            $0.beforeSending = { if $0 == 8 { try? simulator.change(to: broken) } }
        }
        #expect(first.report.counts.filter { $0.value > 0 } == [.match: 6, .unknown: 6])
        #expect(first.report.exitCode == 1)
        #expect(first.report.stop == nil)
        #expect(first.lines(.unknown) == Array(8...13))
        #expect(
            first.events.contains {
                if case .rowStandsOut(line: 8, as: "not read", problem: _) = $0 { true } else { false }
            }
        )
        try simulator.change(to: SimulatorSettings())
        let second = try await bench.verify()
        #expect(second.verification == Verification(rows: 12, checked: 6, elsewhere: 0))
        #expect(second.report.requests == 7)
        #expect(second.report.exitCode == 0)
        let third = try await bench.verify()
        #expect(third.verification.checked == 0, "a complete one is followed by another one")
        #expect(third.report.requests == 13)
        await bench.simulator.stop()
    }

    @Test("an import or an undo in between makes it begin anew, and so does asking for it")
    func anew() async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(SampleCSV.rows(1...10))
        func interrupt() async throws {
            let control = RunControl()
            _ = try await bench.verify {
                $0.workers = 1
                $0.control = control
                $0.beforeSending = { if $0 == 5 { control.stop(.maxDuration) } }
            }
        }
        try await interrupt()
        #expect(try await bench.verify(isAnew: true).verification.checked == 0)
        try await interrupt()
        _ = try await bench.run(SampleCSV.rows(1...10)) { $0.runID = "run-2" }
        #expect(try await bench.verify().verification.checked == 0)
        try await interrupt()
        _ = try await bench.undo(ofRun: "run-2")
        #expect(try await bench.verify().verification.checked == 0)
        try await interrupt()
        #expect(try await bench.verify().verification.checked == 4)
        await bench.simulator.stop()
    }

    @Test("whatever goes wrong on the way, every row is read in the end")
    func faults() async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(SampleCSV.rows(1...40))
        var settings = SimulatorSettings()
        settings.faults = try FaultPlan(
            "apply-then-reset=0.1,500=0.1,503=0.1,429=0.1,truncated=0.1,broken-json=0.1,only=GET"
        )
        try bench.simulator.change(to: settings)
        var result = try await bench.verify()
        for _ in 0..<5 where !result.report.isComplete { result = try await bench.verify() }
        #expect(result.report.counts.filter { $0.value > 0 } == [.match: 40])
        await bench.simulator.stop()
    }
}
