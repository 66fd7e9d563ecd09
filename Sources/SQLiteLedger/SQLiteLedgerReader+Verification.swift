import FoundationEssentials
import GRDB
package import Ledger

extension SQLiteLedgerReader {
    package func missingLinks() throws(LedgerError) -> Set<Ticket> {
        try read { try VerificationTable($0).missing() }
    }

    package func verification() throws(LedgerError) -> VerificationRecord? {
        try read { database in
            guard try database.tableExists("verifications") else { return nil }
            return try Self.verifications(database).last
        }
    }

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
