package import FoundationEssentials
import GRDB

/// What the last verification of a ledger has shown.
package struct VerificationRecord: Sendable, Equatable {
    package var startedAt: Date
    /// Nil where it has not looked at every row.
    package var endedAt: Date?
    /// What was found; rows that were not looked at are missing.
    package var counts: [CheckResult: Int]
    /// Runs that have begun since: what it has shown may not be true any more.
    package var laterRuns: Int

    package init(startedAt: Date, endedAt: Date?, counts: [CheckResult: Int], laterRuns: Int = 0) {
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.counts = counts
        self.laterRuns = laterRuns
    }
}

extension LedgerReader {
    /// As ``Ledger/missingLinks()`` tells a writer; for a dry run.
    package func missingLinks() throws(LedgerError) -> Set<Ticket> {
        try read { try VerificationTable($0).missing() }
    }

    /// The last verification; nil if there was none.
    package func verification() throws(LedgerError) -> VerificationRecord? {
        try read { database in
            guard try database.tableExists("verifications") else { return nil }
            return try Self.verifications(database).last
        }
    }

    /// All verifications, the oldest first; what was found is known of the last one only.
    package func verifications() throws(LedgerError) -> [VerificationRecord] {
        try read { try $0.tableExists("verifications") ? Self.verifications($0) : [] }
    }

    private static func verifications(_ database: Database) throws -> [VerificationRecord] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT started_ms, ended_ms, (SELECT count(*) FROM run_records WHERE id > last_run)
                FROM verifications ORDER BY id
                """
        )
        return try rows.enumerated().map { index, row in
            let ended: Int64? = try row.decode(atIndex: 1)
            let isLast = index == rows.count - 1
            return try VerificationRecord(
                startedAt: Date(millisecondsSince1970: row.decode(atIndex: 0)),
                endedAt: ended.map { Date(millisecondsSince1970: $0) },
                counts: isLast ? VerificationTable(database).counts().filter { $0.value > 0 } : [:],
                laterRuns: row.decode(atIndex: 2)
            )
        }
    }
}
