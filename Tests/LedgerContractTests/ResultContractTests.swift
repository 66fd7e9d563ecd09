import Ledger
import LedgerTestKit
import Testing

@Suite("Every store: the rows of a ledger")
struct ResultContractTests {
    /// Lines 2 to 13, all states; the run goes on.
    private func fill(_ store: any LedgerStore) throws -> any Ledger {
        let ledger = try store.openRun()
        try ledger.fill()
        try ledger.flush()
        return ledger
    }

    @Test("are counted by state, also while a run goes on", arguments: StoreCase.all)
    func counts(over store: StoreCase) throws {
        try store { store in
            let ledger = try fill(store)
            let reader = try store.location.reader()
            #expect(
                try reader.counts() == [
                    .linked: 3, .alreadyLinked: 1, .rejected: 1, .failed: 1, .unsettled: 1, .undone: 1, .intended: 2,
                    .invalid: 2,
                ]
            )
            reader.close()
            try ledger.finish()
        }
    }

    @Test("are none in an empty ledger", arguments: StoreCase.all)
    func empty(over store: StoreCase) throws {
        try store { store in
            try store.openRun().finish()
            let reader = try store.location.reader()
            #expect(try reader.counts() == [:])
            #expect(try reader.results() == [])
            #expect(try reader.runs().map(\.runID) == ["run-1"])
            #expect(try reader.verification() == nil)
            reader.close()
        }
    }

    @Test("come in the order of their lines, all of them or those in the states asked for", arguments: StoreCase.all)
    func order(over store: StoreCase) throws {
        let choices: [(Set<LinkState>?, [Int])] = [
            (nil, Array(2...13)), ([.linked], [2, 3, 4]), ([.invalid], [5, 13]), ([.rejected, .invalid], [5, 7, 13]),
            ([.failed, .unsettled], [8, 9]), ([.linked, .undone], [2, 3, 4, 10]), ([.intended], [11, 12]), ([], []),
        ]
        try store { store in
            try fill(store).finish()
            let reader = try store.location.reader()
            for (states, lines) in choices { #expect(try reader.lines(states: states) == lines) }
            reader.close()
        }
    }

    @Test("are chosen by the run that touched them last", arguments: StoreCase.all)
    func byRun(over store: StoreCase) throws {
        try store { store in
            let first = try store.openRun()
            for number in 1...3 { try first.settle(candidate(number), Settlement(state: .failed)) }
            try first.finish()
            let second = try store.openRun("run-2")
            try second.settle(candidate(2), Settlement(state: .linked))
            try second.recordInvalid([InvalidRow(line: 9, content: 1, errorCode: "rule", errorDetail: "text")])
            try second.finish()
            let reader = try store.location.reader()
            #expect(try reader.lines(runID: "run-1") == [2, 4])
            #expect(try reader.lines(runID: "run-2") == [3, 9])
            #expect(try reader.lines(states: [.linked], runID: "run-2") == [3])
            #expect(try reader.lines(runID: "run-3") == [])
            reader.close()
        }
    }

    @Test("have every column, and stand so in the public view", arguments: StoreCase.all)
    func wholeRow(over store: StoreCase) throws {
        try store { store in
            let ledger = try store.openRun()
            let ticket = try ledger.ticket(candidate(1))
            let settlement = Settlement(
                state: .linked,
                evidence: .readBack,
                linkedAccountID: "la",
                httpStatus: 201,
                errorCode: "code",
                errorDetail: "detail",
                errorFact: .exists,
                errorID: "error",
                correlationID: "correlation",
                attempts: 3,
                posts: 2,
                latency: .microseconds(1_234_567)
            )
            ledger.record(settlement, for: ticket)
            try ledger.finish()
            let reader = try store.location.reader()
            var row = try #require(try reader.results().first)
            reader.close()
            let updatedAt = row.updatedAt
            #expect(updatedAt.wholeMatch(of: /20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
            row.updatedAt = ""
            var expected = ResultRow(
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
                updatedAt: "",
                environmentID: environment,
                errorFact: .exists
            )
            expected.ticket = row.ticket
            #expect(row == expected)
            #expect(row.ticket?.row == ticket.row)
            #expect(
                try store.rows("SELECT * FROM results") == [
                    [
                        "key": expected.key, "line": "2", "source": "users.csv", "user_id": key(1).userID,
                        "external_id": "account 1", "identity_provider_id": provider, "state": "linked",
                        "evidence": "read-back", "linked_account_id": "la", "http_status": "201", "error_code": "code",
                        "error_detail": "detail", "error_id": "error", "correlation_id": "correlation", "attempts": "3",
                        "posts": "2", "latency_ms": "1234", "run_id": "run-1", "updated_at": updatedAt,
                    ]
                ]
            )
        }
    }

    @Test("have texts of all kinds as they were given", arguments: StoreCase.all)
    func texts(over store: StoreCase) throws {
        let texts = ["00123", "1e5", "é", "e\u{301}", "a'\"b\\", "{a,b}", "NULL", "💶", "12345678901234567890"]
        try store { store in
            let ledger = try store.openRun()
            let candidates = texts.enumerated().map { candidate($0 + 1, account: $1) }
            #expect(try ledger.admitUnfinished(candidates).allSatisfy { $0.ticket != nil })
            try ledger.finish()
            let reader = try store.location.reader()
            #expect(try reader.results().map { Array(($0.externalID ?? "").utf8) } == texts.map { Array($0.utf8) })
            #expect(try reader.lookUp(candidates).map { $0?.state } == texts.map { _ in .intended })
            reader.close()
        }
    }

    @Test("of unlink have words of their own", arguments: StoreCase.all)
    func unlinking(over store: StoreCase) throws {
        try store { store in
            let ledger = try store.location.open(now: { moment })
            try ledger.begin("run-1", kind: .unlinking)
            try ledger.settle(candidate(1), Settlement(state: .linked))
            try ledger.settle(candidate(2), Settlement(state: .alreadyLinked))
            try ledger.settle(candidate(3), Settlement(state: .rejected))
            try ledger.finish()
            let words = ["unlinked", "not-linked", "rejected"]
            #expect(try store.rows("SELECT state FROM results ORDER BY line").map { $0["state"] } == words)
            let reader = try store.location.reader()
            #expect(try reader.results().map(\.stateWord) == words)
            #expect(try reader.kinds() == [.unlinking])
            reader.close()
        }
    }

    @Test("end where the caller has had enough, whose error comes back", arguments: StoreCase.all)
    func bodyThrows(over store: StoreCase) throws {
        struct Enough: Error {}
        try store { store in
            try fill(store).finish()
            let reader = try store.location.reader()
            var seen = 0
            #expect(throws: Enough.self) {
                try reader.forEachResult { _ in
                    seen += 1
                    if seen == 2 { throw Enough() }
                }
            }
            #expect(seen == 2)
            #expect(try reader.lines().count == 12)
            reader.close()
        }
    }
}
