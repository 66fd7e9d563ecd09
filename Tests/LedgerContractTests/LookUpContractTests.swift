import Ledger
import LedgerTestKit
import Testing

@Suite("Every store: what is known of a row")
struct LookUpContractTests {
    /// Settles links 1 to 3 with `states`, then lets a reader and a writer outside of a run look.
    private func ledger(_ store: any LedgerStore, _ settlements: [Settlement]) throws {
        let ledger = try store.openRun()
        for (number, settlement) in settlements.enumerated() { try ledger.settle(candidate(number + 1), settlement) }
        try ledger.finish()
    }

    /// What the reader says, which the writer must say too.
    private func both<Answer: Equatable>(
        _ store: any LedgerStore,
        _ question: (any LedgerLookUp) throws -> Answer
    ) throws -> Answer {
        let ledger = try store.location.open(now: { moment })
        let written = try question(ledger)
        try ledger.close()
        let reader = try store.location.reader()
        let read = try question(reader)
        reader.close()
        #expect(read == written)
        return read
    }

    @Test("is found by its key, in the order of the questions, in any spelling of the UUIDs", arguments: StoreCase.all)
    func keys(over store: StoreCase) throws {
        try store { store in
            try ledger(
                store,
                [
                    Settlement(state: .linked, linkedAccountID: "la", attempts: 2, posts: 1),
                    Settlement(
                        state: .failed,
                        doubt: .linking,
                        httpStatus: 503,
                        errorCode: "c",
                        errorDetail: "d",
                        errorFact: .notShown
                    ),
                ]
            )
            var upper = candidate(1)
            upper.key.environment = upper.key.environment.uppercased()
            upper.key.userID = upper.key.userID.uppercased()
            upper.key.identityProviderID = upper.key.identityProviderID.uppercased()
            let others = [candidate(1, account: "ACCOUNT 1"), candidate(7)]
            let known = try both(store) { try $0.lookUp([candidate(2), others[0], upper, others[1], upper]) }
            #expect(known.map { $0?.state } == [.failed, nil, .linked, nil, .linked])
            #expect(known[0]?.notedDoubt == .linking)
            #expect(known[0]?.httpStatus == 503)
            #expect(known[0]?.errorCode == "c")
            #expect(known[0]?.errorDetail == "d")
            #expect(known[0]?.errorFact == .notShown)
            #expect(known[2]?.linkedAccountID == "la")
            #expect(known[2]?.attempts == 2)
            #expect(known[2]?.posts == 1)
            #expect(known[2]?.line == 2)
            #expect(known[2]?.content == 7)
            #expect(known[2]?.isOfThisRun == false)
        }
    }

    @Test("is found by the name that the input gave the user, the last one who had it", arguments: StoreCase.all)
    func aliases(over store: StoreCase) throws {
        try store { store in
            let ledger = try store.openRun()
            for number in 1...2 {
                var row = candidate(number, account: "same")
                row.userAlias = .max
                try ledger.settle(row, Settlement(state: .failed))
            }
            try ledger.finish()
            let alias = LinkAlias(
                environment: environment,
                userAlias: .max,
                identityProviderID: provider,
                externalID: "same"
            )
            var other = alias
            other.externalID = "other"
            #expect(try both(store) { try $0.lookUp([other, alias]) }.map { $0?.line } == [nil, 3])
        }
    }

    @Test(
        "is that another user's row has claimed its account, where that is linked or may be",
        arguments: StoreCase.all
    )
    func rivals(over store: StoreCase) throws {
        let claims: [(Settlement, Bool)] = [
            (Settlement(state: .linked), true), (Settlement(state: .alreadyLinked), true),
            (Settlement(state: .unsettled, doubt: .linking), true), (Settlement(state: .failed, doubt: .linking), true),
            (Settlement(state: .rejected), false), (Settlement(state: .failed), false),
            (Settlement(state: .undone), false),
        ]
        try store { store in
            try ledger(store, claims.map(\.0))
            let rivals = claims.indices.map { candidate(100 + $0, account: "account \($0 + 1)") }
            let found = try both(store) { try $0.rivals(of: rivals) }
            #expect(
                found
                    == claims.enumerated().map { $1.1 ? RivalClaim(line: $0 + 2, source: "users.csv") : nil }
            )
            #expect(try both(store) { try $0.rivals(of: [candidate(1)]) } == [nil])
        }
    }

    @Test("is that the last verification has missed it, until a run has touched it", arguments: StoreCase.all)
    func missing(over store: StoreCase) throws {
        try store { store in
            try ledger(store, [Settlement(state: .linked), Settlement(state: .linked), Settlement(state: .linked)])
            let ledger = try store.location.open(now: { moment })
            _ = try ledger.beginVerification(environment: environment, isAnew: true)
            let rows = try ledger.rowsToVerify(from: 0, count: 9)
            for (row, result) in zip(rows, [CheckResult.missing, .match, .missing]) {
                let ticket = try #require(row.ticket)
                ledger.record(UserCheck(findings: [.init(ticket: ticket, result: result)], extras: [])) { _ in }
            }
            try ledger.endVerification()
            try ledger.close()
            #expect(try both(store) { try $0.missingLinks() }.count == 2)
            let reader = try store.location.reader()
            #expect(try reader.verification()?.counts == [.match: 1, .missing: 2])
            #expect(try reader.verification()?.laterRuns == 0)
            #expect(try reader.verifications().count == 1)
            reader.close()

            let again = try store.openRun("run-2")
            try again.settle(candidate(1), Settlement(state: .linked))
            try again.finish()
            let left = try both(store) { try $0.missingLinks() }
            #expect(left == [try #require(rows[2].ticket)])
        }
    }

    @Test("is hashed with the ledger's own salt, which stays", arguments: StoreCase.all)
    func salt(over store: StoreCase) throws {
        try store { store in
            try store.openRun().finish()
            let salt = try both(store) { try $0.contentSalt }
            #expect(salt != 0)
            #expect(try both(store) { try $0.contentSalt } == salt)
        }
    }
}
