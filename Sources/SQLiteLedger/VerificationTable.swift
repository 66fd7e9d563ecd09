import GRDB
import Ledger

/// The statements of a verification. What is left to look at stands in a temporary table, sorted by user.
struct VerificationTable {
    private let database: Database

    init(_ database: Database) {
        self.database = database
    }

    /// `now`: milliseconds since 1970.
    func begin(environment: String, isAnew: Bool, _ now: Int64) throws -> Verification {
        let found = try Int64.fetchOne(
            database,
            sql: "SELECT id FROM environments WHERE uuid = ?",
            arguments: [environment]
        )
        let number = found ?? 0  // which no row has
        let all =
            try Int.fetchOne(database, sql: "SELECT count(*) FROM links WHERE state IN (\(LinkState.linkedCodes))") ?? 0
        let lastRun = try Int64.fetchOne(database, sql: "SELECT max(id) FROM run_records") ?? 0
        let isInterrupted = try Bool.fetchOne(
            database,
            sql: """
                SELECT EXISTS (SELECT * FROM verifications WHERE environment = ? AND ended_ms IS NULL AND last_run = ?
                    AND id = (SELECT max(id) FROM verifications))
                """,
            arguments: [number, lastRun]
        )
        if isAnew || isInterrupted != true {
            try database.execute(sql: "DELETE FROM checks; DELETE FROM extra_links")
            try database.execute(
                sql: "INSERT INTO verifications (environment, started_ms, last_run) VALUES (?, ?, ?)",
                arguments: [number, now, lastRun]
            )
        }
        try database.execute(
            sql: """
                DROP TABLE IF EXISTS temp.verification_order;
                CREATE TEMP TABLE verification_order (place INTEGER PRIMARY KEY, link INTEGER NOT NULL);
                INSERT INTO verification_order (link)
                    SELECT l.id FROM links AS l LEFT JOIN checks AS c ON c.link = l.id
                    WHERE l.state IN (\(LinkState.linkedCodes)) AND l.environment = \(number) AND c.link IS NULL
                    ORDER BY l.user_id COLLATE NOCASE, l.id;
                """
        )
        let left = try Int.fetchOne(database, sql: "SELECT count(*) FROM verification_order") ?? 0
        let rows =
            try Int.fetchOne(
                database,
                sql: "SELECT count(*) FROM links WHERE state IN (\(LinkState.linkedCodes)) AND environment = ?",
                arguments: [number]
            ) ?? 0
        let inDoubt =
            try Int.fetchOne(
                database,
                sql: """
                    SELECT count(*) FROM links WHERE state <> \(LinkState.linked.code)
                        AND \(LinkDoubt.isInDoubt) AND environment = ?
                    """,
                arguments: [number]
            ) ?? 0
        let severalAccounts =
            try Int.fetchOne(
                database,
                sql: """
                    SELECT count(*) FROM (SELECT 1 FROM links WHERE state IN (\(LinkState.linkedCodes)) AND environment = ?
                        GROUP BY user_id COLLATE NOCASE, provider HAVING count(*) > 1)
                    """,
                arguments: [number]
            ) ?? 0
        return Verification(
            rows: rows,
            checked: rows - left,
            elsewhere: all - rows,
            inDoubt: inDoubt,
            severalAccounts: severalAccounts
        )
    }

    func rows(from place: Int, count: Int) throws -> [ResultRow] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT \(ResultQuery.columns) FROM verification_order AS o CROSS JOIN link_results AS r ON r.row = o.link
                WHERE o.place > ? ORDER BY o.place LIMIT ?
                """
        )
        return try Row.fetchAll(statement, arguments: [place, count]).map { try ResultRow(SQLiteRow($0)) }
    }

    func note(_ check: UserCheck) throws {
        let insert = try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO checks (link, result, found_external_id) VALUES (?, ?, ?)"
        )
        for finding in check.findings {
            try insert.execute(arguments: [finding.ticket.row, finding.result.code, finding.foundExternalID])
        }
        for extra in check.extras {
            try database.execute(
                sql: """
                    INSERT INTO extra_links (link, provider, external_id, linked_account_id) VALUES (?, ?, ?, ?)
                    """,
                arguments: [
                    check.findings[0].ticket.row, extra.identityProviderID, extra.externalID, extra.linkedAccountID,
                ]
            )
        }
    }

    func counts() throws -> [CheckResult: Int] {
        var counts: [CheckResult: Int] = [:]
        let found = try Row.fetchAll(database, sql: "SELECT result, count(*) FROM checks GROUP BY result")
        for row in found {
            guard let result = CheckResult(code: try row.decode(atIndex: 0)) else { throw UnreadableValue() }
            counts[result] = try row.decode(atIndex: 1)
        }
        counts[.extra] = try Int.fetchOne(database, sql: "SELECT count(*) FROM extra_links")
        return counts
    }

    /// Of the last verification; whatever a run has done to a row since counts for more.
    func missing() throws -> Set<Ticket> {
        guard try database.tableExists("checks") else { return [] }
        let sql = """
            SELECT l.id FROM checks AS c CROSS JOIN links AS l ON l.id = c.link
            WHERE c.result = ? AND l.run <= (SELECT last_run FROM verifications ORDER BY id DESC LIMIT 1)
            """
        return Set(
            try Int64.fetchSet(database, sql: sql, arguments: [CheckResult.missing.code]).map { Ticket(row: $0) }
        )
    }

    func end(_ now: Int64) throws {
        try database.execute(
            sql: "UPDATE verifications SET ended_ms = ? WHERE id = (SELECT max(id) FROM verifications)",
            arguments: [now]
        )
    }

    func forEach(_ body: (VerifiedRow) throws -> Void) throws {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT l.id, l.line, l.user_id, p.uuid, l.external_id, l.linked_account_id, c.result, c.found_external_id
                FROM links AS l CROSS JOIN identity_providers AS p ON p.id = l.provider
                    LEFT JOIN checks AS c ON c.link = l.id
                WHERE l.state IN (\(LinkState.linkedCodes)) AND l.environment =
                    (SELECT environment FROM verifications WHERE id = (SELECT max(id) FROM verifications))
                ORDER BY l.id
                """
        )
        while let row = try rows.next() {
            let code: Int? = try row.decode(atIndex: 6)
            try body(
                VerifiedRow(
                    line: row.decode(atIndex: 1),
                    userID: row.decode(atIndex: 2),
                    identityProviderID: row.decode(atIndex: 3),
                    externalID: row.decode(atIndex: 4),
                    linkedAccountID: row.decode(atIndex: 5),
                    result: code.flatMap(CheckResult.init(code:)) ?? .unknown,
                    foundExternalID: row.decode(atIndex: 7)
                )
            )
            try forEachExtra(of: row.decode(atIndex: 0), user: row.decode(atIndex: 2), body)
        }
    }

    private func forEachExtra(of link: Int64, user: String, _ body: (VerifiedRow) throws -> Void) throws {
        let statement = try database.cachedStatement(
            sql: "SELECT provider, external_id, linked_account_id FROM extra_links WHERE link = ? ORDER BY id"
        )
        let extras = try Row.fetchCursor(statement, arguments: [link])
        while let row = try extras.next() {
            try body(
                VerifiedRow(
                    line: nil,
                    userID: user,
                    identityProviderID: row.decode(atIndex: 0),
                    externalID: nil,
                    linkedAccountID: row.decode(atIndex: 2),
                    result: .extra,
                    foundExternalID: row.decode(atIndex: 1)
                )
            )
        }
    }
}
