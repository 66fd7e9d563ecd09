import Dispatch
import GRDB
import Ledger
import LedgerTestKit
import SQLiteTestKit
import Synchronization
import TestKit
import Testing

@testable import SQLiteLedger

@Suite("Reports of many rows, committed together")
struct GroupCommitterTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("a report is visible to others after its completion, and not while a transaction keeps it waiting")
    func durableOnCompletion() async throws {
        let path = folder.ledger
        let ledger = try openRun(path)
        let ticket = try ledger.ticket(candidate(1))
        let stateMeanwhile = Mutex<String?>(nil)
        let recorded = try await withCheckedContinuation { continuation in
            let admissions = Result {
                try ledger.admit([candidate(2)]) { _, _ in
                    // The ledger's queue is busy with this very transaction, so that nothing can be committed here.
                    ledger.record(Settlement(state: .linked), for: ticket) { continuation.resume(returning: $0) }
                    stateMeanwhile.withLock { $0 = try? results(path).first?["state"] }
                    return false
                }
            }
            if case .failure(let error) = admissions { Issue.record(error) }
        }.get()
        #expect(recorded == .kept)
        #expect(stateMeanwhile.withLock { $0 } == "intended")
        #expect(try results(path).first?["state"] == "linked")
    }

    @Test("reports of many threads are all kept")
    func manyThreads() throws {
        let ledger = try openRun(folder.ledger)
        let count = 3 * CommitQueue.batch + 17
        let tickets = try ledger.admitUnfinished((0..<count).map { candidate($0) }).compactMap(\.ticket)
        let durable = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: count) { index in
            ledger.record(Settlement(state: .linked, linkedAccountID: "la-\(index)"), for: tickets[index]) { result in
                if case .success = result { durable.add(1, ordering: .relaxed) }
            }
        }
        try ledger.flush()
        #expect(durable.load(ordering: .relaxed) == count)
        let known = try ledger.lookUp((0..<count).map { candidate($0) })
        #expect(known.map { $0?.linkedAccountID } == (0..<count).map { "la-\($0)" })
    }

    @Test("an admission sees what was reported before it")
    func admissionSeesReports() throws {
        let ledger = try openRun(folder.ledger)
        ledger.record(Settlement(state: .rejected), for: try ledger.ticket(candidate(1)))
        #expect(try ledger.admitUnfinished([candidate(1)])[0].known?.state == .rejected)
    }

    @Test("a completion may report the next row")
    func completionReports() async throws {
        let ledger = try openRun(folder.ledger)
        let tickets = try ledger.admitUnfinished([candidate(1), candidate(2)]).compactMap(\.ticket)
        await withCheckedContinuation { continuation in
            ledger.record(Settlement(state: .linked), for: tickets[0]) { _ in
                ledger.record(Settlement(state: .linked), for: tickets[1]) { _ in continuation.resume() }
            }
        }
        #expect(try results(folder.ledger).map { $0["state"] } == ["linked", "linked"])
    }

    @Test("a full disk stops all writing with one error, and nothing acknowledged is lost")
    func diskFull() async throws {
        let path = folder.ledger
        let full = LedgerError.writeFailed(path: path, reason: "the disk is full")
        let ledger = try openRun(path)
        let ticket = try ledger.ticket(candidate(1))
        try await ledger.committer.connection.write { database in
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            try database.execute(sql: "PRAGMA max_page_count = \(pages + 2)")
        }

        var acknowledged = 1
        #expect(throws: full) {
            while acknowledged < 100_000 {
                acknowledged += try ledger.admitUnfinished((1...50).map { candidate(acknowledged + $0) }).count
            }
        }
        #expect(acknowledged > 1)
        await #expect(throws: full) { try await ledger.settle(ticket, as: Settlement(state: .linked)) }
        #expect(throws: full) { try ledger.flush() }
        #expect(throws: full) { try ledger.admitUnfinished([candidate(1)]) }
        #expect(throws: full) { try ledger.lookUp([candidate(1)]) }
        #expect(throws: full) { try ledger.recordInvalid([]) }
        #expect(throws: full) { try ledger.endRun(RunEnd(rows: nil, sha256: nil, exitCode: 74, stoppedBy: nil)) }
        #expect(try SQLiteLedgerReader(path: path).counts() == [.intended: acknowledged])
        #expect(throws: full) { try ledger.close() }

        #expect(try folder.names == ["users.csv.ledger"])
        let next = try openRun(path, id: "run-2")
        #expect(try next.admitUnfinished((1...acknowledged).map { candidate($0) }).allSatisfy { $0.known != nil })
    }

    @Test("reports that wait when a write fails are told so")
    func waitingReportsAreTold() async throws {
        let path = folder.ledger
        let ledger = try openRun(path)
        let tickets = try ledger.admitUnfinished([candidate(1), candidate(2)]).compactMap(\.ticket)
        try execute(path, "CREATE TRIGGER refuse BEFORE UPDATE ON links BEGIN SELECT RAISE(ABORT, 'refused'); END")
        let told = Mutex<[LedgerError]>([])
        for ticket in tickets {
            ledger.record(Settlement(state: .linked), for: ticket) { result in
                if case .failure(let error) = result { told.withLock { $0.append(error) } }
            }
        }
        let error = #expect(throws: LedgerError.self) { try ledger.flush() }
        #expect(error == .damaged(path: path, reason: "SQLite 1811: refused"))
        #expect(told.withLock { $0 } == [error, error].compactMap(\.self))
    }
}
