import Ledger
import LedgerTestKit
import TestKit
import Testing

@testable import PostgresLedger

@Suite("A process's lease", .timeLimit(.minutes(10)))
struct ProcessLeaseTests {
    private let schema: LedgerSchemaFixture

    init() throws {
        schema = try LedgerSchemaFixture()
    }

    @Test("permits requests as long as there is time for one; who has lost it goes on as a new run")
    func permission() async throws {
        let ledger = try schema.machine("run", lease: .seconds(2))
        let old = try ledger.ticket(candidate(1))
        let connection = try PostgresConnection(schema.address)
        // From here on its signs of life do not get through.
        try connection.run("SET idle_in_transaction_session_timeout = 0; BEGIN; SELECT 1 FROM processes FOR UPDATE")
        let longLeases = "SELECT 1 FROM processes WHERE lease_until - clock_timestamp() > interval '1s'"
        try await waitUntil { try connection.query(longLeases).count == 0 }
        #expect(ledger.permission(for: old) == .wait, "a request may take half a lease")
        try schema.endLease(ofRun: "run", connection)
        try connection.run("COMMIT")
        try await waitUntil { ledger.permission(for: old) == .refused }
        let new = try ledger.ticket(candidate(1))
        #expect(new.owner != old.owner)
        #expect(ledger.permission(for: old) == .refused)
        try await waitUntil { ledger.permission(for: new) == .granted }
        #expect(try connection.query("SELECT run_id FROM runs").map { try $0.text(0) } == ["run", "run.2"])
        try ledger.close()
    }

    @Test("is not given back to who has lost it, however late its sign of life comes")
    func late() async throws {
        let ledger = try schema.machine("run", lease: .seconds(2))
        let ticket = try ledger.ticket(candidate(1))
        let connection = try PostgresConnection(schema.address)
        try schema.endLease(ofRun: "run", connection)
        try await waitUntil { ledger.permission(for: ticket) == .refused }
        #expect(try connection.query("SELECT 1 FROM processes WHERE is_over").count == 1)
        try ledger.close()
    }

    @Test("permits nothing once the ledger is closed")
    func closed() throws {
        let ledger = try schema.machine("run")
        let ticket = try ledger.ticket(candidate(1))
        #expect(ledger.permission(for: ticket) == .granted)
        try ledger.close()
        #expect(ledger.permission(for: ticket) == .refused)
    }
}
