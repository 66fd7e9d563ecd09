import Ledger
import LedgerTestKit
import PostgresTestKit
import Testing

@testable import PostgresLedger

@Suite("What a process reports of rows that another one has taken")
struct LinkChangesTests {
    private let schema: LedgerSchemaFixture

    init() throws {
        schema = try LedgerSchemaFixture()
    }

    /// Two processes; the second one has taken a row from the first one, whose lease is over.
    private func machines(
        knownBefore settlement: Settlement? = nil
    ) async throws -> (first: PostgresLedger, second: PostgresLedger, old: Ticket, new: Ticket, known: KnownLink?) {
        let connection = try PostgresConnection(schema.address)
        let first = try schema.machine("first")
        if let settlement {
            let ticket = try first.ticket(candidate(1))
            #expect(try await first.outcome(of: settlement, for: ticket) == .kept)
        }
        let admission = try first.admitUnfinished([candidate(1)])[0]
        let old = try #require(admission.ticket)
        let second = try schema.machine("second")
        try schema.endLease(ofRun: "first", connection)
        let new = try second.ticket(candidate(1))
        #expect(new.row == old.row)
        #expect(new.owner != old.owner)
        return (first, second, old, new, admission.known)
    }

    private func state() throws -> [String: String] {
        try schema.server.objects(
            "SELECT r.state, r.run_id, l.posts, l.owner FROM results AS r JOIN links AS l USING (line)",
            schema: schema.address.schema
        ).first ?? [:]
    }

    @Test("is not in the ledger, and it is told so: the other one's word counts")
    func settlement() async throws {
        let (first, second, old, new, _) = try await machines()
        let taken = try state()
        #expect(taken["state"] == "intended")
        #expect(try await first.outcome(of: Settlement(state: .rejected, posts: 1), for: old) == .lost)
        #expect(try state() == taken)
        #expect(try await second.outcome(of: Settlement(state: .linked, posts: 1), for: new) == .kept)
        #expect(try await first.outcome(of: Settlement(state: .rejected, posts: 1), for: old) == .lost)
        #expect(try state() == ["state": "linked", "run_id": "second", "posts": "1"])
        try first.close()
        try second.close()
    }

    @Test("is not taken back: neither what is new nor what was known before", arguments: [nil, LinkState.failed])
    func withdrawal(before: LinkState?) async throws {
        let (first, second, old, _, known) = try await machines(knownBefore: before.map { Settlement(state: $0) })
        #expect(known?.state == before)
        let taken = try state()
        #expect(try await first.outcome(ofWithdrawing: old, restoring: known) == .lost)
        #expect(try state() == taken)
        #expect(taken["state"] == "intended")
        #expect(taken["run_id"] == "second")
        try first.close()
        try second.close()
    }

    @Test("and of others at the same time is told apart")
    func someOfThem() async throws {
        let first = try schema.machine("first")
        let tickets = try first.admitUnfinished([candidate(1), candidate(2), candidate(3)]).compactMap(\.ticket)
        try PostgresConnection(schema.address).query(
            "UPDATE links SET owner = owner + 1 WHERE id = $1",
            PostgresValue(tickets[1].row)
        )
        let settlement = Settlement(state: .linked)
        async let one = first.outcome(of: settlement, for: tickets[0])
        async let two = first.outcome(of: settlement, for: tickets[1])
        async let three = first.outcome(of: settlement, for: tickets[2])
        let outcomes = try await [one, two, three]
        #expect(outcomes == [.kept, .lost, .kept])
        try first.close()
    }
}
