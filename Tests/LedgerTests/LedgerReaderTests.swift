import Foundation
import Ledger
import LedgerTestKit
import SQLiteTestKit
import TestKit
import Testing

@testable import SQLiteLedger

@Suite("What is read of a ledger in a file, also while a run goes on")
struct LedgerReaderTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("counts rows by state")
    func counts() throws {
        try fill()
        #expect(
            try SQLiteLedgerReader(path: folder.ledger).counts() == [
                .linked: 3, .alreadyLinked: 1, .rejected: 1, .failed: 1, .unsettled: 1, .undone: 1, .intended: 2,
                .invalid: 2,
            ]
        )
    }

    @Test("an empty ledger has no counts and its runs")
    func empty() throws {
        try openRun(folder.ledger).endRun(RunEnd(rows: 0, sha256: "00", exitCode: 0, stoppedBy: nil))
        let reader = try SQLiteLedgerReader(path: folder.ledger)
        #expect(try reader.counts() == [:])
        #expect(
            try reader.runs() == [
                RunRecord(
                    kind: .linking,
                    runID: "run-1",
                    startedAt: "2026-03-01T04:05:06.789Z",
                    endedAt: "2026-03-01T04:05:06.789Z",
                    source: "users.csv",
                    sourceSHA256: "00",
                    rows: 0,
                    exitCode: 0,
                    stoppedBy: nil
                )
            ]
        )
        #expect(try reader.lines() == [])
    }

    @Test("hands out the rows in the order of their lines, invalid ones among them")
    func order() throws {
        try fill()
        #expect(try SQLiteLedgerReader(path: folder.ledger).lines() == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])
    }

    @Test(
        "hands out the rows in the states asked for",
        arguments: [
            ([.linked], [2, 3, 4]), ([.invalid], [5, 13]), ([.rejected, .invalid], [5, 7, 13]),
            ([.failed, .unsettled], [8, 9]), ([.linked, .undone], [2, 3, 4, 10]), ([.intended], [11, 12]), ([], []),
        ] as [(Set<LinkState>, [Int])]
    )
    func filter(states: Set<LinkState>, expected: [Int]) throws {
        try fill()
        #expect(try SQLiteLedgerReader(path: folder.ledger).lines(states: states) == expected)
    }

    @Test("hands out the rows that one run touched last")
    func filterByRun() throws {
        let first = try openRun(folder.ledger)
        for number in 1...3 { first.record(Settlement(state: .failed), for: try first.ticket(candidate(number))) }
        try first.finish()
        let second = try openRun(folder.ledger, id: "run-2")
        second.record(Settlement(state: .linked), for: try second.ticket(candidate(2)))
        try second.recordInvalid([InvalidRow(line: 9, content: 1, errorCode: "rule", errorDetail: "text")])
        try second.finish()
        let reader = try SQLiteLedgerReader(path: folder.ledger)
        #expect(try reader.lines(runID: "run-1") == [2, 4])
        #expect(try reader.lines(runID: "run-2") == [3, 9])
        #expect(try reader.lines(states: [.linked], runID: "run-2") == [3])
        #expect(try reader.lines(runID: "run-3") == [])
    }

    @Test("a row has every column, and what undo needs")
    func wholeRow() async throws {
        let ledger = try openRun(folder.ledger)
        let ticket = try ledger.ticket(candidate(1))
        try await ledger.settle(
            ticket,
            as: Settlement(
                state: .linked,
                evidence: .readBack,
                linkedAccountID: "la",
                httpStatus: 201,
                errorCode: "code",
                errorDetail: "detail",
                errorID: "error",
                correlationID: "correlation",
                attempts: 3,
                posts: 2,
                latency: .microseconds(1_234_567)
            )
        )
        let reader = try SQLiteLedgerReader(path: folder.ledger)
        #expect(
            try reader.results() == [
                ResultRow(
                    key: "\(environment)/\(key(1).userID)/\(provider)/account 1",
                    line: 2,
                    source: "users.csv",
                    userID: key(1).userID,
                    externalID: "account 1",
                    identityProviderID: provider,
                    state: .linked,
                    evidence: .readBack,
                    linkedAccountID: "la",
                    httpStatus: 201,
                    errorCode: "code",
                    errorDetail: "detail",
                    errorID: "error",
                    correlationID: "correlation",
                    attempts: 3,
                    posts: 2,
                    latencyMilliseconds: 1234,
                    runID: "run-1",
                    updatedAt: "2026-03-01T04:05:06.789Z",
                    environmentID: environment,
                    ticket: ticket
                )
            ]
        )
    }

    @Test("undo settles a row of an earlier run through its ticket")
    func undo() async throws {
        let first = try openRun(folder.ledger)
        first.record(Settlement(state: .linked, linkedAccountID: "la", posts: 1), for: try first.ticket(candidate(1)))
        try first.finish()
        let second = try openRun(folder.ledger, id: "undo-1")
        let reader = try SQLiteLedgerReader(path: folder.ledger)
        let row = try #require(try reader.results().first)
        try await second.settle(
            try #require(row.ticket),
            as: Settlement(state: .undone, linkedAccountID: row.linkedAccountID, httpStatus: 204, attempts: 1)
        )
        let undone = try #require(try reader.results().first)
        #expect(undone.state == .undone)
        #expect(undone.linkedAccountID == "la")
        #expect(undone.posts == 1)
        #expect(undone.runID == "undo-1")
    }

    @Test(
        "texts of all kinds come back as they were given",
        arguments: ["00123", "1e5", "é", "e\u{301}", "a'\"b", "💶"]
    )
    func texts(externalID: String) throws {
        let ledger = try openRun(folder.ledger)
        var candidate = candidate(1)
        candidate.key.externalID = externalID
        _ = try ledger.ticket(candidate)
        let row = try #require(try SQLiteLedgerReader(path: folder.ledger).results().first)
        #expect(row.externalID.map { Array($0.utf8) } == Array(externalID.utf8))
        #expect(try SQLiteLedgerReader(path: folder.ledger).lookUp([candidate])[0]?.state == .intended)
    }

    @Test("reads while a run goes on, without being in its way")
    func whileWriting() throws {
        let ledger = try openRun(folder.ledger)
        _ = try ledger.ticket(candidate(1))
        let reader = try SQLiteLedgerReader(path: folder.ledger)
        var seen = 0
        try reader.forEachResult { _ in
            seen += 1
            _ = try ledger.ticket(candidate(100 + seen))
        }
        #expect(seen == 1)
        #expect(try reader.counts() == [.intended: 2])
    }

    @Test("leaves no files beside a ledger that nobody writes")
    func leavesNothing() throws {
        try openRun(folder.ledger).finish()
        var reader: (any LedgerReader)? = try SQLiteLedgerReader(path: folder.ledger)
        _ = try reader?.counts()
        reader = nil
        #expect(try folder.names == ["users.csv.ledger"])
    }

    @Test("what the caller throws ends the reading and comes back")
    func bodyThrows() throws {
        try fill()
        var seen = 0
        #expect(throws: NoTicket()) {
            try SQLiteLedgerReader(path: folder.ledger).forEachResult { _ in
                seen += 1
                throw NoTicket()
            }
        }
        #expect(seen == 1)
    }

    @Test("a look-up knows what the writer knows, and nothing of ids that never occurred")
    func lookUp() throws {
        try fill()
        var elsewhere = candidate(1)
        elsewhere.key.environment = "00000000-0000-4000-8000-000000000000"
        let known = try SQLiteLedgerReader(path: folder.ledger).lookUp([candidate(1), candidate(500), elsewhere])
        #expect(known.map { $0?.state } == [.linked, nil, nil])
    }

    /// Lines 2 to 13, all states; the run goes on.
    private func fill() throws {
        try openRun(folder.ledger).fill()
    }

    @Test("a clock that was set back between two runs changes neither their order nor that of the rows")
    func clockSetBack() throws {
        for (number, day) in [(1, 0.0), (2, -400), (3, -20_000)] {
            let now = moment.addingTimeInterval(day * 86_400)
            let ledger = try SQLiteLedger.open(at: folder.ledger, now: { now })
            try ledger.beginRun(RunStart(id: "run-\(number)", source: "users.csv", inputName: "/data/users.csv"))
            _ = try ledger.ticket(candidate(number))
            try ledger.finish()
        }
        let reader = try SQLiteLedgerReader(path: folder.ledger)
        #expect(try reader.runs().map(\.runID) == ["run-1", "run-2", "run-3"])
        #expect(
            try reader.runs().map(\.startedAt) == [
                "2026-03-01T04:05:06.789Z", "2025-01-25T04:05:06.789Z", "1971-05-29T04:05:06.789Z",
            ]
        )
        #expect(try reader.lines() == [2, 3, 4])
        #expect(try reader.lookUp([candidate(1), candidate(3)]).map { $0?.state } == [.intended, .intended])
    }
}
