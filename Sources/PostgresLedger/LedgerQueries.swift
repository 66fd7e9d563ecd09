import Ledger

/// What a ledger in a database is asked by whoever writes it as well as by who only reads it, besides ``LinkLookUp``.
struct LedgerQueries {
    private let connection: PostgresConnection

    init(_ connection: PostgresConnection) {
        self.connection = connection
    }

    func kinds() throws -> Set<RunKind> {
        let codes = try connection.query("SELECT DISTINCT kind FROM run_records").map { try $0.int(0) }
        return Set(codes.compactMap(RunKind.init(code:)))
    }

    func linkedRows(ofInput inputName: String, environment: String) throws -> Int {
        try connection.query(
            """
            SELECT r.linked FROM run_records AS r
                JOIN inputs AS i ON i.id = r.input
                JOIN environments AS e ON e.id = r.environment
            WHERE i.name = $1 AND lower(e.uuid) = lower($2) AND r.part = \(InputPart.whole.code) AND r.linked IS NOT NULL
            ORDER BY r.id DESC LIMIT 1
            """,
            PostgresValue(inputName),
            PostgresValue(environment)
        ).first?.int(0) ?? 0
    }

    /// Of the last verification; whatever a run has done to a row since counts for more.
    func missingLinks() throws -> Set<Ticket> {
        let rows = try connection.query(
            """
            SELECT l.id FROM checks AS c JOIN links AS l ON l.id = c.link
            WHERE c.result = $1 AND l.run <= (SELECT last_run FROM verifications ORDER BY id DESC LIMIT 1)
            """,
            PostgresValue(CheckResult.missing.code)
        )
        return Set(try rows.map { Ticket(row: try $0.integer(0)) })
    }

    /// What was found by the verification that was begun last, by result; rows that were not looked at are missing.
    func verificationCounts() throws -> [CheckResult: Int] {
        var counts: [CheckResult: Int] = [:]
        let found = try connection.query("SELECT result, count(*) FROM checks GROUP BY result")
        for index in 0..<found.count {
            guard let result = CheckResult(code: try found.row(index).int(0)) else { throw PostgresError.unreadable }
            counts[result] = try found.row(index).int(1)
        }
        counts[.extra] = try connection.query("SELECT count(*) FROM extra_links").row(0).int(0)
        return counts
    }
}
