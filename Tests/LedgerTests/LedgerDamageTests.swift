import Foundation
import Ledger
import LedgerTestKit
import SQLiteTestKit
import SeededRandom
import TestKit
import Testing

@testable import SQLiteLedger

@Suite("A ledger whose bytes have changed")
struct LedgerDamageTests {
    /// A ledger that was closed in good order: all in one file. Nobody opens it, but copies of it: SQLite would put other
    /// files beside it for as long as it is open.
    private static let closed = Result { try makeLedger().closed }
    private static let closedRows = Result {
        let folder = try closed.get().crashImage()
        return try withExtendedLifetime(folder) { try results(folder.ledger) }
    }
    /// What a killed run has left: 40 rows in the file, and 40 more in the log beside it.
    private static let killed = Result { try makeLedger().killed }

    private static func makeLedger() throws -> (closed: TemporaryFolder, killed: TemporaryFolder) {
        let folder = try TemporaryFolder()
        let first = try openRun(folder.ledger)
        try fill(first, 0..<40)
        try first.finish()
        let closed = try folder.crashImage()
        let second = try openRun(folder.ledger, id: "run-2")
        try fill(second, 40..<80)
        return (closed, try folder.crashImage())
    }

    private static func fill(_ ledger: any Ledger, _ numbers: Range<Int>) throws {
        let states: [LinkState] = [.linked, .linked, .alreadyLinked, .rejected, .failed, .unsettled]
        for (number, admission) in zip(numbers, try ledger.admitUnfinished(numbers.map { candidate($0) })) {
            // Every seventh stays as a killed process leaves it.
            guard let ticket = admission.ticket, number % 7 != 0 else { continue }
            let settlement = Settlement(
                state: states[number % states.count],
                evidence: .reply,
                linkedAccountID: "link-\(number)"
            )
            ledger.record(settlement, for: ticket)
        }
        try ledger.flush()
    }

    /// The folder with the files of another one, changed.
    private func copy(
        _ image: Result<TemporaryFolder, any Error>,
        _ change: (inout Data, _ name: String) -> Void
    ) throws -> TemporaryFolder {
        let folder = try image.get().crashImage()
        for name in try folder.names {
            var bytes = try Data(contentsOf: URL(filePath: folder.path(name)))
            change(&bytes, name)
            try bytes.write(to: URL(filePath: folder.path(name)))
        }
        return folder
    }

    /// All that status, export, report and a dry run read.
    private func read(_ path: String) throws {
        let reader = try SQLiteLedgerReader(path: path)
        defer { reader.close() }
        _ = try reader.counts()
        _ = try reader.runs()
        _ = try reader.environments()
        _ = try reader.contentSalt
        _ = try reader.lookUp((0..<90).map { candidate($0) })
        try reader.forEachResult { _ in }
    }

    /// What an import, a verification and an undoing do, one after the other.
    private func write(_ path: String) throws {
        let ledger = try openRun(path, id: "run-9")
        for admission in try ledger.admitUnfinished((0..<90).map { candidate($0) }) {
            guard let ticket = admission.ticket else { continue }
            ledger.record(Settlement(state: .linked, evidence: .reply, linkedAccountID: "link"), for: ticket)
        }
        _ = try ledger.beginVerification(environment: environment, isAnew: true)
        try ledger.forEachVerifiedRow { _ in }
        _ = try ledger.beginUndoing(UndoChoice(environment: environment), after: nil, count: 10)
        try ledger.finish()
    }

    /// What somebody is told who reads the ledger and then writes it; a crash ends the tests.
    private func complaints(_ path: String) -> [LedgerError] {
        [read, write].compactMap { work in
            do {
                try work(path)
                return nil
            } catch let error as LedgerError {
                return error
            } catch {
                Issue.record(error, "not an error of a ledger")
                return nil
            }
        }
    }

    @Test("closed and then cut off anywhere, it is refused, unless all rows are there", arguments: 0..<30)
    func cutOff(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let folder = try copy(Self.closed) { bytes, _ in
            // Half of the cuts are between two pages.
            let size = Int.random(in: 2..<bytes.count, using: &random)
            bytes.removeLast(bytes.count - (seed % 2 == 0 ? size : max(4096, size / 4096 * 4096)))
        }
        let before = try Data(contentsOf: URL(filePath: folder.ledger))
        let rows = try? results(folder.ledger)
        let errors = complaints(folder.ledger)
        if errors.isEmpty {
            // The end of the last page was not in use.
            #expect(try rows == Self.closedRows.get())
            return
        }
        #expect(errors.count == 2, "\(errors)")
        for error in errors {
            switch error {
            case .damaged, .notALedger: break
            default: Issue.record(error)
            }
        }
        #expect(try Data(contentsOf: URL(filePath: folder.ledger)) == before, "it was left as it is")
    }

    @Test(
        "a log that is cut off anywhere takes back whole transactions of the killed run and nothing else",
        arguments: 0..<20
    )
    func cutOffLog(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let folder = try copy(Self.killed) { bytes, name in
            if name.hasSuffix("-wal") { bytes.removeLast(Int.random(in: 1...bytes.count, using: &random)) }
        }
        let rows = try results(folder.ledger)
        #expect(try Array(rows.prefix(40)) == Self.closedRows.get())
        #expect([40, 80].contains(rows.count))
        #expect(complaints(folder.ledger) == [])
    }

    @Test("whatever stands in the index of the log is made anew")
    func index() throws {
        let folder = try Self.killed.get().crashImage()
        var random = SplitMix64(seed: 1)
        let noise = Data((0..<32_768).map { _ in UInt8.random(in: 0...255, using: &random) })
        try noise.write(to: URL(filePath: folder.path("users.csv.ledger-shm")))
        let untouched = try Self.killed.get().crashImage()
        #expect(try results(folder.ledger) == results(untouched.ledger))
        #expect(complaints(folder.ledger) == [])
    }

    @Test(
        "bits that have flipped are noticed or not, but no program crashes, and nobody is told a value",
        arguments: 0..<60
    )
    func flippedBits(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let folder = try copy(seed % 3 == 0 ? Self.killed : Self.closed) { bytes, _ in
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
        }
        for error in complaints(folder.ledger) {
            #expect(error.description.hasPrefix("\(folder.ledger): "))
            #expect(!error.description.contains(/account \d/))
            if case .held = error { Issue.record(error) }
        }
    }

    @Test(
        "a value that no version can have written is damage, not a crash",
        arguments: [
            "UPDATE run_records SET started_ms = 9000000000000000000",
            "UPDATE links SET updated_ms = 9000000000000000000",
            "UPDATE run_records SET source = NULL",
            "UPDATE links SET external_id = NULL",
            "UPDATE links SET line = 'second'",
            "UPDATE environments SET uuid = NULL",
        ]
    )
    func impossibleValue(change: String) throws {
        let folder = try Self.closed.get().crashImage()
        try execute(
            folder.ledger,
            """
            PRAGMA writable_schema = 1;
            UPDATE sqlite_schema SET sql = replace(replace(sql, 'STRICT', ''), 'NOT NULL', '') WHERE type = 'table';
            """
        )
        try execute(folder.ledger, change)
        #expect(
            complaints(folder.ledger).first
                == .damaged(path: folder.ledger, reason: "a value in it cannot be read")
        )
    }
}
