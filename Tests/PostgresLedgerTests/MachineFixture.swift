import Ledger
import LedgerTestKit
import TestKit
import Testing

@testable import PostgresLedger

extension LedgerSchemaFixture {
    /// The ledger of one more process, in a run. Its lease ends only where the test ends it, unless it has a short one.
    func machine(_ runID: String, lease: Duration = .seconds(600), sha256: String? = nil) throws -> PostgresLedger {
        let ledger = try PostgresLedger.open(PostgresDatabase(address, lease: lease))
        try ledger.beginRun(
            RunStart(
                .linking,
                id: runID,
                source: "users.csv",
                inputName: "/data/users.csv",
                place: RunPlace(environment: environment, host: "api.example.com"),
                sha256: sha256
            )
        )
        return ledger
    }

    /// What another process does with one whose lease is over before it takes its rows.
    func endLease(ofRun runID: String, _ connection: PostgresConnection) throws {
        let ended = try connection.query(
            "UPDATE processes SET is_over = true WHERE id = (SELECT process FROM run_records WHERE run_id = $1)",
            .text(runID)
        )
        try #require(ended.changed == 1)
    }

    /// Returns when so many statements of this test wait for a lock that another one has.
    func hasBlocked(_ count: Int, _ connection: PostgresConnection) async throws {
        try await waitUntil {
            let waiting = try connection.query(
                "SELECT 1 FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock'",
                .text(address.schema)
            )
            return waiting.count >= count
        }
    }
}

extension PostgresLedger {
    /// Reports what became of a row; returns whether it still was this process's.
    func outcome(of settlement: Settlement, for ticket: Ticket) async throws -> Recorded {
        try await withCheckedContinuation { continuation in
            record(settlement, for: ticket) { continuation.resume(returning: $0) }
        }.get()
    }

    /// The same for a row that was not sent.
    func outcome(ofWithdrawing ticket: Ticket, restoring known: KnownLink?) async throws -> Recorded {
        try await withCheckedContinuation { continuation in
            withdraw(ticket, restoring: known) { continuation.resume(returning: $0) }
        }.get()
    }
}
