import CSVReading
import Foundation
import ImportTestKit
import Ledger
import PingOneAPI
import PingOneSimulator
import SQLiteLedger
import TestKit
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("A second import of a file that the last run has finished")
struct FinishedInputTests {
    private static let rows = 5
    private static let csv = SampleCSV.rows(1...rows)

    /// What a run counts that finds all rows done.
    private static func allSkipped(_ rows: Int = rows) -> RunCounts {
        var counts = RunCounts()
        (counts.rows, counts.skipped) = (rows, rows)
        return counts
    }

    /// A bench on which `csv` was imported as `run-1`, with these settings and with this exit code.
    private static func withFirstRun(
        of csv: String = csv,
        exitCode: Int32 = 0,
        _ change: (inout ImportBench.Settings) -> Void = { _ in },
        body: (ImportBench) async throws -> Void
    ) async throws {
        let bench = try await ImportBench()
        let first = try await bench.run(csv, change)
        #expect(first.finishedBy == nil)
        #expect(first.report.exitCode == exitCode)
        try await body(bench)
        await bench.simulator.stop()
    }

    @Test("reads no row, sends nothing, and is recorded like any other run; so is the third")
    func unchanged() async throws {
        try await Self.withFirstRun { bench in
            let requests = bench.simulator.journal.count
            for number in 2...3 {
                try bench.folder.write("rejects.csv", "rows of long ago")
                try bench.folder.write("retry.csv", "rows of long ago")
                let result = try await bench.run(Self.csv) { $0.runID = "run-\(number)" }
                #expect(result.finishedBy == "run-\(number - 1)")
                #expect(result.counts == Self.allSkipped())
                #expect(result.report.exitCode == 0)
                #expect(result.events == [])
                #expect(!bench.folder.has("rejects.csv"))
                #expect(!bench.folder.has("retry.csv"))
                try bench.expectAgreement(result)
            }
            #expect(bench.simulator.journal.count == requests)
            let runs = try SQLiteLedgerReader(path: bench.ledgerPath).runs()
            #expect(runs.map(\.runID) == ["run-1", "run-2", "run-3"])
            #expect(runs.allSatisfy { $0.exitCode == 0 && $0.rows == Self.rows && $0.endedAt != nil })
            #expect(runs[0].sourceSHA256 != nil)
            #expect(runs.allSatisfy { $0.sourceSHA256 == runs[0].sourceSHA256 })
        }
    }

    @Test("reads the rows if a byte has changed, and finds the new one")
    func changed() async throws {
        try await Self.withFirstRun { bench in
            let other = Self.csv.replacing("account-5\n", with: "account-6\n")
            let result = try await bench.run(other) { $0.runID = "run-2" }
            #expect(result.finishedBy == nil)
            #expect(result.counts.skipped == Self.rows - 1)
            #expect(result.counts.linked == 1)

            let longer = try await bench.run(other + "\n") { $0.runID = "run-3" }
            #expect(longer.finishedBy == nil)
            #expect(longer.counts == Self.allSkipped())
            #expect(try await bench.run(other + "\n") { $0.runID = "run-4" }.finishedBy == "run-3")
        }
    }

    @Test("reads the rows of a file that has grown while the last run was at it")
    func grown() async throws {
        let bench = try await ImportBench()
        // More rows than are looked at before the first one is sent, so that the end of the file is read after that.
        let file = try bench.folder.write("in.csv", SampleCSV.rows(1...40))
        let first = try await bench.run(file: file) {
            $0.beforeSending = { number in
                guard number == 1, let handle = FileHandle(forWritingAtPath: file) else { return }
                _ = try? handle.seekToEnd()
                try? handle.write(contentsOf: Data("\(SampleIDs.user(41)),account-41\n".utf8))
                try? handle.close()
            }
        }
        #expect(first.report.warnings.map(\.kind) == [.grownInput])
        #expect(first.report.exitCode == 3)
        #expect(first.counts.rows == 40)
        let second = try await bench.run(file: file) { $0.runID = "run-2" }
        #expect(second.finishedBy == nil)
        #expect(second.counts.rows == 41)
        #expect(second.report.exitCode == 0)
        #expect(try await bench.run(file: file) { $0.runID = "run-3" }.finishedBy == "run-2")
        await bench.simulator.stop()
    }

    @Test("knows a file by its bytes: one that was renamed is finished too, and the run has its new name")
    func renamed() async throws {
        try await Self.withFirstRun { bench in
            let moved = try bench.folder.write("moved.csv", Self.csv)
            let result = try await bench.run(file: moved) { $0.runID = "run-2" }
            #expect(result.finishedBy == "run-1")
            #expect(result.counts == Self.allSkipped())
            let runs = try SQLiteLedgerReader(path: bench.ledgerPath).runs()
            #expect(runs.map(\.source) == [bench.folder.path("in.csv"), moved])
            #expect(try bench.ledgerRows.allSatisfy { $0.runID == "run-1" }, "the run that made the link")
        }
    }

    @Test("--limit, --retry and other workers change nothing about it")
    func harmlessSettings() async throws {
        try await Self.withFirstRun { bench in
            let result = try await bench.run(Self.csv) {
                $0.runID = "run-2"
                $0.limit = 1
                $0.workers = 1
                $0.resume = ResumePolicy(retrying: [.rejected, .undone])
            }
            #expect(result.finishedBy == "run-1")
            #expect(result.counts == Self.allSkipped())
            #expect(result.report.stop == nil)
        }
    }

    @Test("reads the rows when it reads them in another way, and then finds what there is to do")
    func otherSettings() async throws {
        try await Self.withFirstRun { bench in
            let strict = try await bench.run(Self.csv) { ($0.runID, $0.isStrict) = ("strict", true) }
            #expect(strict.finishedBy == nil)
            #expect(strict.counts == Self.allSkipped())
            #expect(try await bench.run(Self.csv) { ($0.runID, $0.isStrict) = ("again", true) }.finishedBy == "strict")

            let provider = KnownIDs.secondIdentityProvider
            let other = try await bench.run(Self.csv) { ($0.runID, $0.provider) = ("provider", provider) }
            #expect(other.finishedBy == nil)
            #expect(other.counts.linked == Self.rows)

            let byName = try await bench.run(Self.csv) { ($0.runID, $0.userKey) = ("name", .username) }
            #expect(byName.finishedBy == nil)
            #expect(byName.counts.skipped == 0)

            await #expect(throws: BrokenInput.self) {
                try await bench.run(Self.csv) { ($0.runID, $0.delimiter) = ("tab", .tab) }
            }
            let environment = UUID().uuidString.lowercased()
            let elsewhere = try await bench.run(Self.csv) { ($0.runID, $0.environment) = ("else", environment) }
            #expect(elsewhere.report.stop == .unknownEnvironment(environment, flag: "--environment"))
        }
    }

    @Test("reads the rows after a run that was killed")
    func killed() async throws {
        try await Self.withFirstRun { bench in
            let path = bench.ledgerPath
            try await onThread {
                let ledger = try SQLiteLedger.open(at: path, now: { Date() })
                try ledger.beginRun(RunStart(id: "dead", source: "in.csv", inputName: "in.csv"))
                try ledger.close()
            }
            let result = try await bench.run(Self.csv) { $0.runID = "run-2" }
            #expect(result.finishedBy == nil)
            #expect(result.counts == Self.allSkipped())
            #expect(try await bench.run(Self.csv) { $0.runID = "run-3" }.finishedBy == "run-2")
        }
    }

    @Test("reads the rows after an undo, and links them again when it is told to")
    func undone() async throws {
        try await Self.withFirstRun { bench in
            #expect(try await bench.undo().report.exitCode == 0)
            let result = try await bench.run(Self.csv) { $0.runID = "run-2" }
            #expect(result.finishedBy == nil)
            #expect(result.counts.undone == Self.rows)
            #expect(result.report.exitCode == 1)

            let again = try await bench.run(Self.csv) {
                $0.runID = "run-3"
                $0.resume = ResumePolicy(retrying: [.undone])
            }
            #expect(again.finishedBy == nil)
            #expect(again.counts.linked == Self.rows)
            #expect(try await bench.run(Self.csv) { $0.runID = "run-4" }.finishedBy == "run-3")
        }
    }

    @Test("reads the rows after another file of the same ledger, whatever became of that one")
    func otherFile() async throws {
        try await Self.withFirstRun { bench in
            let other = try bench.folder.write("other.csv", SampleCSV.rows(6...7))
            let between = try await bench.run(file: other) { $0.runID = "other" }
            #expect(between.counts.linked == 2)
            let result = try await bench.run(Self.csv) { $0.runID = "run-2" }
            #expect(result.finishedBy == nil)
            #expect(result.counts == Self.allSkipped())
            #expect(try await bench.run(Self.csv) { $0.runID = "run-3" }.finishedBy == "run-2")
        }
    }

    @Test("comes to the same after a verification and after a dry run, which reads the rows itself")
    func harmlessCommands() async throws {
        try await Self.withFirstRun { bench in
            #expect(try await bench.verify().report.isComplete)
            let dry = try await bench.run(Self.csv) { ($0.runID, $0.isDryRun) = ("dry", true) }
            #expect(dry.finishedBy == nil)
            #expect(dry.counts.skipped == Self.rows)
            #expect(dry.counts.requests == 2, "the environment and the identity provider")
            #expect(try await bench.run(Self.csv) { $0.runID = "run-2" }.finishedBy == "run-1")
        }
    }

    @Test("reads the rows after a run that --limit has stopped")
    func limited() async throws {
        try await Self.withFirstRun(exitCode: 3) {
            $0.limit = 3
        } body: { bench in
            let result = try await bench.run(Self.csv) { ($0.runID, $0.limit) = ("run-2", 3) }
            #expect(result.finishedBy == nil)
            #expect(result.counts.linked == Self.rows - 3)
            #expect(result.report.exitCode == 0)
            #expect(try await bench.run(Self.csv) { ($0.runID, $0.limit) = ("run-3", 3) }.finishedBy == "run-2")
        }
    }

    @Test(
        "reads the rows each time while one of them is not linked",
        arguments: ["\(SampleIDs.user(6)),account-1\n", "no-uuid,account-6\n"]
    )
    func notLinked(row: String) async throws {
        let bench = try await ImportBench()
        _ = try await bench.run(Self.csv) { $0.runID = "run-0" }
        let file = try bench.folder.write("other.csv", Self.header + row)
        for number in 1...2 {
            let result = try await bench.run(file: file) { $0.runID = "run-\(number)" }
            #expect(result.finishedBy == nil)
            #expect(result.report.exitCode == 1)
            #expect(result.counts.rejected + result.counts.invalid == 1)
            #expect(bench.folder.has("rejects.csv"))
        }
        await bench.simulator.stop()
    }

    private static let header = "userID,externalId\n"

    @Test("reads the rows each time where their ids are worth a warning")
    func damagedIDs() async throws {
        let csv = Self.header + "\(SampleIDs.user(1)),1.23457E+115\n"
        try await Self.withFirstRun(of: csv) { bench in
            let result = try await bench.run(csv) { $0.runID = "run-2" }
            #expect(result.finishedBy == nil)
            #expect(result.counts == Self.allSkipped(1))
        }
    }

    @Test("reads the rows each time where some repeat others, and counts those apart")
    func repetitions() async throws {
        let csv = Self.csv + "\(SampleIDs.user(5)),account-5\n"
        try await Self.withFirstRun(of: csv) { bench in
            let result = try await bench.run(csv) { $0.runID = "run-2" }
            #expect(result.finishedBy == nil)
            var expected = Self.allSkipped(csv.split(separator: "\n").count - 1)
            expected.repeated = 1
            #expect(result.counts == expected)
        }
    }

    @Test("a file without rows is finished")
    func noRows() async throws {
        try await Self.withFirstRun(of: Self.header) { bench in
            let result = try await bench.run(Self.header) { $0.runID = "run-2" }
            #expect(result.finishedBy == "run-1")
            #expect(result.counts == Self.allSkipped(0))
        }
    }

    @Test("warns of a mappings file's mappings as before, and reads the rows when one of them has changed")
    func mappingsFile() async throws {
        let csv = "userID,externalId,providerAttributes.email\n\(SampleIDs.user(1)),account-1,a@example.com\n"
        let mapping = AttributeMapping(name: "email", value: "${providerAttributes.mail}", update: .emptyOnly)
        try await Self.withFirstRun(of: csv) {
            $0.mappingsFile = [mapping]
        } body: { bench in
            let result = try await bench.run(csv) { ($0.runID, $0.mappingsFile) = ("run-2", [mapping]) }
            #expect(result.finishedBy == "run-1")
            #expect(result.warnings.count == 2)

            var changed = mapping
            changed.update = .always
            let other = try await bench.run(csv) { ($0.runID, $0.mappingsFile) = ("run-3", [changed]) }
            #expect(other.finishedBy == nil)
            #expect(other.warnings == result.warnings)
            #expect(other.counts == Self.allSkipped(1))
        }
    }

    @Test("reads the rows where the identity provider's own mappings are asked for: they may have changed")
    func providersMappings() async throws {
        try await Self.withFirstRun {
            $0.usesMappings = true
        } body: { bench in
            let result = try await bench.run(Self.csv) { ($0.runID, $0.usesMappings) = ("run-2", true) }
            #expect(result.finishedBy == nil)
            #expect(result.counts.requests == 1, "for the mappings")
            #expect(result.counts.skipped == Self.rows)
        }
    }

    @Test("of users by name reads the rows again after a run that sent some and skipped some")
    func names() async throws {
        var configuration = SimulatorConfiguration()
        configuration.users = UserList(
            text: "userID,username\n\(SampleIDs.user(1)),ada\n\(SampleIDs.user(2)),bob\n".utf8
        )
        let bench = try await ImportBench(configuration)
        func run(_ csv: String, as runID: String) async throws -> ImportBench.Result {
            try await bench.run(Self.header + csv) { ($0.runID, $0.userKey) = (runID, .username) }
        }
        #expect(try await run("ada,a\n", as: "run-1").counts.linked == 1)
        #expect(try await run("ada,a\n", as: "run-2").finishedBy == "run-1")
        #expect(try await run("ada,a\nbob,b\n", as: "run-3").counts.linked == 1)
        let fourth = try await run("ada,a\nbob,b\n", as: "run-4")
        #expect(fourth.finishedBy == nil)
        #expect(fourth.counts == Self.allSkipped(2))
        let fifth = try await run("ada,a\nbob,b\n", as: "run-5")
        #expect(fifth.finishedBy == "run-4")
        #expect(fifth.counts == Self.allSkipped(2))
        await bench.simulator.stop()
    }

    @Test("ends as any run does that was told to stop")
    func stopped() async throws {
        try await Self.withFirstRun { bench in
            let control = RunControl()
            control.stop(.signal(SIGTERM))
            let result = try await bench.run(Self.csv) { ($0.runID, $0.control) = ("run-2", control) }
            #expect(result.finishedBy == "run-1")
            #expect(result.counts == Self.allSkipped())
            #expect(result.report.exitCode == 128 + SIGTERM)
            #expect(try await bench.run(Self.csv) { $0.runID = "run-3" }.finishedBy == nil)
        }
    }
}
