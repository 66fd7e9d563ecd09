import Glibc
import Ledger
import LedgerTestKit
import TestKit
import Testing

@testable import PostgresLedger

@Suite("Rows that several processes want to send", .timeLimit(.minutes(10)))
struct LinkAdmissionTests {
    private let schema: LedgerSchemaFixture

    init() throws {
        schema = try LedgerSchemaFixture()
    }

    @Test("belong to the first one, as long as it lives; the others are told whose they are")
    func elsewhere() throws {
        let (first, second) = (try schema.machine("first"), try schema.machine("second"))
        #expect(try first.admitUnfinished([candidate(1), candidate(2)]).allSatisfy { $0.ticket != nil })
        let seen = try second.admitUnfinished([candidate(1), candidate(2), candidate(3)])
        #expect(seen.map { $0.ticket != nil } == [false, false, true])
        #expect(seen.map { $0.elsewhere?.processID } == [getpid(), getpid(), nil])
        #expect(seen[0].elsewhere.map { (Duration.seconds(590)...(.seconds(600))).contains($0.leaseEndsIn) } == true)
        try first.close()
        try second.close()
    }

    @Test("have their ends when another one has settled them")
    func done() async throws {
        let (first, second) = (try schema.machine("first"), try schema.machine("second"))
        let ticket = try first.ticket(candidate(1))
        #expect(try await first.outcome(of: Settlement(state: .failed), for: ticket) == .kept)
        let seen = try second.admitUnfinished([candidate(1)])[0]
        #expect(seen.isDone)
        #expect(seen.known?.state == .failed)
        #expect(seen.ticket == nil)
        try first.close()
        try second.close()
    }

    @Test("are in doubt when they are taken over, and are not again when they were settled in the meantime")
    func takenOver() async throws {
        let (first, second) = (try schema.machine("first"), try schema.machine("second"))
        let connection = try PostgresConnection(schema.address)
        let ticket = try first.ticket(candidate(1))
        _ = try first.ticket(candidate(2))
        try schema.endLease(ofRun: "first", connection)
        // The settlement is on its way, but not committed.
        try connection.run("SET idle_in_transaction_session_timeout = 0; BEGIN")
        try connection.query(
            "UPDATE links SET state = \(LinkState.linked.code), owner = NULL WHERE id = $1",
            PostgresValue(ticket.row)
        )
        async let taken = onThread { try second.admitUnfinished([candidate(1), candidate(2)]) }
        try await schema.hasBlocked(1, try PostgresConnection(schema.address))
        try connection.run("COMMIT")
        let admissions = try await taken
        #expect(admissions.map { $0.known?.state } == [.linked, .intended])
        #expect(admissions.map { $0.ticket != nil } == [false, true])
        #expect(admissions[1].known?.doubt == .linking)
        try first.close()
        try second.close()
    }

    @Test("are given to one each, also where both ask at the same moment")
    func sameMoment() async throws {
        let (first, second) = (try schema.machine("first"), try schema.machine("second"))
        let connection = try PostgresConnection(schema.address)
        let candidates = (1...20).map { candidate($0) }
        try connection.run("SET idle_in_transaction_session_timeout = 0; BEGIN")
        try connection.waitForTurn("admission")
        async let some = onThread { try first.admitUnfinished(candidates) }
        async let others = onThread { try second.admitUnfinished(Array(candidates.reversed())) }
        try await schema.hasBlocked(2, try PostgresConnection(schema.address))
        try connection.run("COMMIT")
        let admitted = try await (some, others)
        let tickets = [admitted.0, admitted.1].map { $0.compactMap(\.ticket) }
        #expect(tickets.map(\.count).sorted() == [0, 20])
        #expect(try connection.query("SELECT 1 FROM links").count == 20)
        try first.close()
        try second.close()
    }
}
