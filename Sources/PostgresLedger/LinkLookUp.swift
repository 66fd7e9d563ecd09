import Ledger

/// What a ledger in a database knows of the links of many rows: one statement for all of them, answers in their order.
///
/// Each statement goes from the rows that are asked for to `links`, by the hashes in its index, and the columns decide. The
/// subquery with a LIMIT keeps the planner to that way also where it has no statistics of a table that has just grown.
struct LinkLookUp {
    private let connection: PostgresConnection
    private let thisRun: Int64?

    /// `thisRun`: the number of the run that asks; nil for a reader and outside of runs.
    init(_ connection: PostgresConnection, thisRun: Int64?) {
        self.connection = connection
        self.thisRun = thisRun
    }

    /// The links with these keys.
    func find(_ keys: [LinkKey]) throws -> [KnownLink?] {
        let rows = try connection.query(
            """
            SELECT k.place, \(Self.columns)
            FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[]) WITH ORDINALITY
                    AS k (hash, environment, provider, user_id, external_id, place)
                \(Self.identifiers)
                CROSS JOIN LATERAL (
                    SELECT * FROM links
                    WHERE key_hash = k.hash AND external_id = k.external_id AND lower(user_id) = lower(k.user_id)
                        AND environment = e.id AND provider = p.id
                    LIMIT 1
                ) AS l
            """,
            PostgresValue(keys.map(LinkKey.storedHash)),
            PostgresValue(keys.map(\.environment)),
            PostgresValue(keys.map(\.identityProviderID)),
            PostgresValue(keys.map(\.userID)),
            PostgresValue(keys.map(\.externalID))
        )
        return try Self.answers(rows, count: keys.count, known)
    }

    /// The links that were last noted under these aliases: their users may have had the name before others.
    func find(_ aliases: [LinkAlias]) throws -> [KnownLink?] {
        let rows = try connection.query(
            """
            SELECT k.place, \(Self.columns)
            FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY
                    AS k (user_alias, environment, provider, external_id, place)
                \(Self.identifiers)
                CROSS JOIN LATERAL (
                    SELECT * FROM links
                    WHERE user_alias = k.user_alias AND external_id = k.external_id AND environment = e.id
                        AND provider = p.id
                    ORDER BY run DESC, id DESC LIMIT 1
                ) AS l
            """,
            PostgresValue(aliases.map { Int64(bitPattern: $0.userAlias) }),
            PostgresValue(aliases.map(\.environment)),
            PostgresValue(aliases.map(\.identityProviderID)),
            PostgresValue(aliases.map(\.externalID))
        )
        return try Self.answers(rows, count: aliases.count, known)
    }

    /// Who has claimed each candidate's account for another user. What counts as a claim: what is linked or may be, and has
    /// not been missed by the last verification. A row in doubt whose user had the same name is this row's own past. Not
    /// asked for a link that is there or may be.
    ///
    /// `known`: what ``find(_:)-([LinkKey])`` says of the candidates.
    func rivals(of candidates: [Candidate], known: [KnownLink?]) throws -> [RivalClaim?] {
        let places = candidates.indices.filter { known[$0]?.mayBeLinked != true }
        guard !places.isEmpty else { return candidates.map { _ in nil } }
        let asked = places.map { candidates[$0] }
        let hashes = asked.map { LinkKey.accountHashes(around: LinkKey.storedHash($0.key)) }
        let rows = try connection.query(
            Self.rivalStatement,
            PostgresValue(hashes.map(\.lowerBound)),
            PostgresValue(hashes.map(\.upperBound)),
            PostgresValue(asked.map(\.key.environment)),
            PostgresValue(asked.map(\.key.identityProviderID)),
            PostgresValue(asked.map(\.key.userID)),
            PostgresValue(asked.map(\.key.externalID)),
            PostgresValue(asked.map { $0.userAlias.map { Int64(bitPattern: $0) } })
        )
        let claims = try Self.answers(rows, count: asked.count) {
            RivalClaim(line: try $0.int(1), source: try $0.text(2))
        }
        var rivals = [RivalClaim?](repeating: nil, count: candidates.count)
        for (place, claim) in zip(places, claims) { rivals[place] = claim }
        return rivals
    }

    private static let rivalStatement = """
        SELECT k.place, l.line, l.source
        FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[])
                WITH ORDINALITY AS k (first, last, environment, provider, user_id, external_id, user_alias, place)
            \(identifiers)
            CROSS JOIN LATERAL (
                SELECT line, r.source FROM links JOIN run_records AS r ON r.id = run
                WHERE key_hash BETWEEN k.first AND k.last AND external_id = k.external_id
                    AND lower(user_id) <> lower(k.user_id) AND links.environment = e.id AND provider = p.id
                    AND (state IN (\(LinkState.linkedCodes)) OR \(LinkDoubt.isInDoubt)
                        AND (k.user_alias IS NULL OR user_alias IS DISTINCT FROM k.user_alias))
                    AND NOT EXISTS (SELECT 1 FROM checks AS c
                        WHERE c.link = links.id AND c.result IN (\(CheckResult.missedCodes))
                            AND run <= (SELECT last_run FROM verifications ORDER BY id DESC LIMIT 1))
                LIMIT 1
            ) AS l
        """

    /// The numbers of a key's UUIDs; where one of them never occurred, no row has the key.
    private static let identifiers = """
        JOIN environments AS e ON lower(e.uuid) = lower(k.environment)
            JOIN identity_providers AS p ON lower(p.uuid) = lower(k.provider)
        """

    /// After `place`, which is column 0; ``known(_:)`` reads them.
    private static let columns = """
        l.id, l.state, l.content, l.attempts, l.posts, l.line, l.run, l.updated_ms, l.linked_account_id, l.http_status, \
        l.error_code, l.error_detail, l.doubt, l.error_fact
        """

    private func known(_ row: PostgresRow) throws -> KnownLink {
        guard let state = LinkState(code: try row.int(2)) else { throw PostgresError.unreadable }
        let lastRun = try row.integer(7)
        return try KnownLink(
            state: state,
            content: UInt64(bitPattern: row.integer(3)),
            attempts: row.int(4),
            posts: row.int(5),
            linkedAccountID: row.optionalText(9),
            httpStatus: row.optionalInt(10),
            errorCode: row.optionalText(11),
            errorDetail: row.optionalText(12),
            errorFact: row.optionalInt(14).flatMap(ProblemFact.init(code:)),
            line: row.int(6),
            isOfThisRun: lastRun == thisRun,
            notedDoubt: row.optionalInt(13).flatMap(LinkDoubt.init(code:)),
            row: row.integer(1),
            run: lastRun,
            updatedMilliseconds: row.integer(8)
        )
    }

    /// Puts rows, whose column 0 counts from 1, into the order of what was asked.
    private static func answers<Answer>(
        _ rows: PostgresRows,
        count: Int,
        _ decode: (PostgresRow) throws -> Answer
    ) throws -> [Answer?] {
        var answers = [Answer?](repeating: nil, count: count)
        for index in 0..<rows.count {
            let row = rows.row(index)
            answers[try row.int(0) - 1] = try decode(row)
        }
        return answers
    }
}
