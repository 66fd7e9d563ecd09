import Foundation
import ImportTestKit
import Ledger
import PingOneSimulator
import SQLiteLedger
import Synchronization
import TestKit
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

/// Verifications and undoings of the ledger that imports on the same bench have made.
extension ImportBench {
    /// Another folder, so another ledger, before the same simulator or another one.
    init(_ simulator: Simulator, in folder: TemporaryFolder? = nil) throws {
        self.simulator = simulator
        self.folder = try folder ?? TemporaryFolder()
    }

    struct Verified: Sendable {
        var verification: Verification
        var report: VerifyRun.Report
        var rows: [VerifiedRow]
        var events: [RunEvent]

        func lines(_ result: CheckResult) -> [Int?] { rows.filter { $0.result == result }.map(\.line) }
    }

    /// Reads the rows of the ledger back, and ends the verification if it is complete.
    func verify(isAnew: Bool = false, _ change: (inout Settings) -> Void = { _ in }) async throws -> Verified {
        var settings = Settings()
        change(&settings)
        return try await onThread { [self, settings] in
            let ledger = try SQLiteLedger.open(at: ledgerPath, now: { Date() })
            let events = Mutex<[RunEvent]>([])
            let verification = try ledger.beginVerification(environment: settings.environment, isAnew: isAnew)
            let run = VerifyRun(
                ledger,
                session: try session(settings),
                options: VerifyRun.Options(concurrency: settings.workers, breaker: settings.breaker),
                report: { event in events.withLock { $0.append(event) } }
            )
            let report = try run.run(verification)
            var rows: [VerifiedRow] = []
            try ledger.forEachVerifiedRow { rows.append($0) }
            if report.isComplete { try ledger.endVerification() }
            try ledger.close()
            return Verified(verification: verification, report: report, rows: rows, events: events.withLock { $0 })
        }
    }

    struct Undone: Sendable {
        var report: UndoRun.Report
        var events: [RunEvent]
    }

    /// Removes the links of these runs, all without `ofRun`.
    func undo(
        ofRun runID: String? = nil,
        includesReadBack: Bool = false,
        _ change: (inout Settings) -> Void = { _ in }
    ) async throws -> Undone {
        var settings = Settings(runID: "undo-\(UUID().uuidString)")
        change(&settings)
        return try await onThread { [self, settings] in
            let ledger = try SQLiteLedger.open(at: ledgerPath, now: { Date() })
            let events = Mutex<[RunEvent]>([])
            let choice = UndoChoice(
                environment: settings.environment,
                runID: runID,
                includesReadBack: includesReadBack
            )
            let run = UndoRun(
                ledger,
                session: try session(settings),
                options: UndoRun.Options(
                    runID: settings.runID,
                    choice: choice,
                    concurrency: settings.workers,
                    breaker: settings.breaker
                ),
                report: { event in events.withLock { $0.append(event) } }
            )
            let report = try run.run(try ledger.undoExtent(choice))
            #expect(run.counts == report.counts)
            #expect(report.unsent >= 0)
            try ledger.close()
            return Undone(report: report, events: events.withLock { $0 })
        }
    }

    /// All requests to remove a link, in the order of the server.
    var deletions: [JournalEntry] { simulator.journal.filter { $0.method == "DELETE" } }

    /// The ids of users whose links were read, in the order of the server.
    var readUsers: [String] {
        simulator.journal.filter { $0.method == "GET" && $0.route == "linkedAccounts" }.compactMap(\.userID)
    }

    /// What the ledger claims must hold at PingOne: a link that it calls linked is there by its id, one that it calls
    /// undone is not.
    func expectTruth(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let there = Set(simulator.links.map(\.linkedAccountID))
        for row in try ledgerRows {
            let id = try #require(row.linkedAccountID, sourceLocation: sourceLocation)
            switch row.state {
            case .linked, .alreadyLinked:
                #expect(there.contains(id), "line \(row.line)", sourceLocation: sourceLocation)
            case .undone: #expect(!there.contains(id), "line \(row.line)", sourceLocation: sourceLocation)
            case .unsettled: #expect(row.errorCode == "UNDO_UNSETTLED", sourceLocation: sourceLocation)
            default: Issue.record("line \(row.line) is \(row.state)", sourceLocation: sourceLocation)
            }
        }
    }
}

/// Keeps the files of a ledger as they are at one moment: what a process that is killed then leaves behind.
struct LedgerImage: Sendable {
    private static let endings = ["", "-wal"]
    let path: String

    func take() {
        for ending in Self.endings {
            try? FileManager.default.copyItem(atPath: path + ending, toPath: path + ".image" + ending)
        }
    }

    /// Puts them in the place of what the process that was not killed has left.
    ///
    /// - Returns: false if none were taken.
    func putBack() throws -> Bool {
        guard FileManager.default.fileExists(atPath: path + ".image") else { return false }
        for ending in Self.endings {
            try? FileManager.default.removeItem(atPath: path + ending)
            guard FileManager.default.fileExists(atPath: path + ".image" + ending) else { continue }
            try FileManager.default.moveItem(atPath: path + ".image" + ending, toPath: path + ending)
        }
        return true
    }
}
