package import Ledger

extension PostgresLedgerReader {
    package func verification() throws(LedgerError) -> VerificationRecord? {
        try verifications().last
    }

    package func verifications() throws(LedgerError) -> [VerificationRecord] {
        try read { connection in
            let rows = try connection.query(
                """
                SELECT started_ms, ended_ms, (SELECT count(*) FROM run_records WHERE id > last_run)
                FROM verifications ORDER BY id
                """
            )
            let counts = try rows.count == 0 ? [:] : LedgerQueries(connection).verificationCounts()
            return try (0..<rows.count).map { index in
                try VerificationRecord(rows.row(index), counts: index == rows.count - 1 ? counts : [:])
            }
        }
    }
}
