import DurableSteps
package import Ledger

extension PostgresLedger {
    package func beginVerification(environment: String, isAnew: Bool) throws(LedgerError) -> Verification {
        // In a transaction of its own, for until its end this process could give no sign of life.
        try writer.transact(reaching: .holderNoted) { [writer] connection, session in
            try Self.takeAlone(.rows, session.owner, connection, writer.address)
        }
        return try writer.transact(reaching: .verificationBegun) { connection, _ in
            try connection.takeTime()
            return try VerificationStatements(connection).begin(environment: environment, isAnew: isAnew)
        }
    }

    package func rowsToVerify(from place: Int, count: Int) throws(LedgerError) -> [ResultRow] {
        try writer.transact { connection, _ in
            try VerificationStatements(connection).rows(from: place, count: count)
        }
    }

    package func record(_ check: UserCheck, completion: @escaping RecordCompletion) {
        writer.enqueue(.init(change: .note(check), completion: completion))
    }

    package func verificationCounts() throws(LedgerError) -> [CheckResult: Int] {
        try writer.transact { connection, _ in try LedgerQueries(connection).verificationCounts() }
    }

    package func missingLinks() throws(LedgerError) -> Set<Ticket> {
        try writer.transact { connection, _ in try LedgerQueries(connection).missingLinks() }
    }

    package func endVerification() throws(LedgerError) {
        try writer.transact(reaching: .verificationEnded) { connection, _ in
            try connection.run(
                """
                UPDATE verifications SET ended_ms = \(PostgresSchema.now)
                WHERE id = (SELECT max(id) FROM verifications)
                """
            )
        }
    }

    package func forEachVerifiedRow(_ body: (VerifiedRow) throws -> Void) throws {
        let connection: PostgresConnection
        do {
            connection = try PostgresConnection(writer.address)
            // Who reads it may be slow, a pager for one.
            try connection.run("SET idle_in_transaction_session_timeout = '1h'")
            try connection.limitStatements(to: PostgresConnection.longestStatement)
            try connection.run("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        } catch {
            throw LedgerError(error, at: writer.address.name, while: .reading)
        }
        do {
            try VerificationStatements(connection).forEach(body)
        } catch let error as PostgresError {
            throw LedgerError(error, at: writer.address.name, while: .reading)
        }
    }
}

/// The statements of a verification. What is left to look at stands in a table, sorted by user.
struct VerificationStatements {
    private let connection: PostgresConnection

    init(_ connection: PostgresConnection) {
        self.connection = connection
    }

    func begin(environment: String, isAnew: Bool) throws -> Verification {
        let found = try connection.query(
            "SELECT id FROM environments WHERE lower(uuid) = lower($1)",
            .text(environment)
        )
        let number = PostgresValue(try found.first?.integer(0) ?? 0)  // which no row has
        let isInterrupted = try connection.query(
            """
            SELECT 1 FROM verifications WHERE environment = $1 AND ended_ms IS NULL
                AND last_run = (SELECT coalesce(max(id), 0) FROM run_records)
                AND id = (SELECT max(id) FROM verifications)
            """,
            number
        )
        if isAnew || isInterrupted.count == 0 {
            try connection.run("DELETE FROM checks; DELETE FROM extra_links")
            try connection.query(
                """
                INSERT INTO verifications (environment, started_ms, last_run)
                VALUES ($1, \(PostgresSchema.now), (SELECT coalesce(max(id), 0) FROM run_records))
                """,
                number
            )
        }
        try connection.run("DELETE FROM verification_order")
        try connection.query(
            """
            INSERT INTO verification_order (place, link)
            SELECT row_number() OVER (ORDER BY lower(l.user_id) COLLATE "C", l.id), l.id
            FROM links AS l LEFT JOIN checks AS c ON c.link = l.id
            WHERE l.state IN (\(LinkState.linkedCodes)) AND l.environment = $1 AND c.link IS NULL
            """,
            number
        )
        let counts = try connection.query(
            """
            SELECT count(*) FILTER (WHERE is_linked AND environment = $1), count(*) FILTER (WHERE is_linked),
                count(*) FILTER (WHERE environment = $1 AND \(LinkDoubt.isInDoubt)),
                (SELECT count(*) FROM verification_order),
                (SELECT count(*) FROM (SELECT 1 FROM links WHERE state IN (\(LinkState.linkedCodes))
                    AND environment = $1 GROUP BY lower(user_id), provider HAVING count(*) > 1) AS several)
            FROM (SELECT environment, state, doubt, state IN (\(LinkState.linkedCodes)) AS is_linked FROM links) AS l
            """,
            number
        )
        guard let row = counts.first else { throw PostgresError.unreadable }
        let rows = try row.int(0)
        return Verification(
            rows: rows,
            checked: rows - (try row.int(3)),
            elsewhere: try row.int(1) - rows,
            inDoubt: try row.int(2),
            severalAccounts: try row.int(4)
        )
    }

    func rows(from place: Int, count: Int) throws -> [ResultRow] {
        try connection.query(
            """
            SELECT \(ResultQuery.columns) FROM verification_order AS o JOIN link_results AS r ON r.row = o.link
            WHERE o.place > $1 ORDER BY o.place LIMIT $2
            """,
            PostgresValue(place),
            PostgresValue(count)
        ).map { try ResultRow($0) }
    }

    func note(_ check: UserCheck) throws {
        try connection.query(
            """
            INSERT INTO checks (link, result, found_external_id)
            SELECT * FROM unnest($1::bigint[], $2::smallint[], $3::text[])
            ON CONFLICT (link) DO UPDATE SET result = excluded.result, found_external_id = excluded.found_external_id
            """,
            PostgresValue(check.findings.map { $0.ticket.row }),
            PostgresValue(check.findings.map { $0.result.code.map { Int64($0) } }),
            PostgresValue(check.findings.map(\.foundExternalID))
        )
        for extra in check.extras {
            try connection.query(
                "INSERT INTO extra_links (link, provider, external_id, linked_account_id) VALUES ($1, $2, $3, $4)",
                PostgresValue(check.findings[0].ticket.row),
                .text(extra.identityProviderID),
                .text(extra.externalID),
                .text(extra.linkedAccountID)
            )
        }
    }

    func forEach(_ body: (VerifiedRow) throws -> Void) throws {
        var extras: [Int64: [(provider: String, externalID: String, linkedAccountID: String)]] = [:]
        let found = try connection.query(
            "SELECT link, provider, external_id, linked_account_id FROM extra_links ORDER BY id"
        )
        for row in found.map({ $0 }) {
            try extras[row.integer(0), default: []].append((row.text(1), row.text(2), row.text(3)))
        }
        try connection.forEach(
            """
            SELECT l.id, l.line, l.user_id, p.uuid, l.external_id, l.linked_account_id, c.result, c.found_external_id
            FROM links AS l JOIN identity_providers AS p ON p.id = l.provider LEFT JOIN checks AS c ON c.link = l.id
            WHERE l.state IN (\(LinkState.linkedCodes)) AND l.environment =
                (SELECT environment FROM verifications WHERE id = (SELECT max(id) FROM verifications))
            ORDER BY l.id
            """
        ) { row in
            let user = try row.text(2)
            try body(
                VerifiedRow(
                    line: row.int(1),
                    userID: user,
                    identityProviderID: row.text(3),
                    externalID: row.text(4),
                    linkedAccountID: row.optionalText(5),
                    result: row.optionalInt(6).flatMap(CheckResult.init(code:)) ?? .unknown,
                    foundExternalID: row.optionalText(7)
                )
            )
            for extra in extras[try row.integer(0)] ?? [] {
                try body(
                    VerifiedRow(
                        userID: user,
                        identityProviderID: extra.provider,
                        linkedAccountID: extra.linkedAccountID,
                        result: .extra,
                        foundExternalID: extra.externalID
                    )
                )
            }
        }
    }
}
