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
        let counts = try rows.isEmpty ? [:] : VerificationTable(database).counts()
        return try rows.enumerated().map { index, row in
            try VerificationRecord(SQLiteRow(row), counts: index == rows.count - 1 ? counts : [:])
        }
    }
}
