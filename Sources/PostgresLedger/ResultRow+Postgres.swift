import Ledger

extension ResultRow {
    /// The columns of `link_results` and `invalid_results` that a row is made of.
    static let postgresColumns = """
        key, line, source, user_id, external_id, identity_provider_id, state_code, evidence, linked_account_id, \
        http_status, error_code, error_detail, error_id, correlation_id, attempts, posts, latency_ms, run_id, \
        updated_at, environment_id, row, state
        """

    init(postgres row: PostgresRow) throws(PostgresError) {
        guard let state = LinkState(code: try row.int(6)) else { throw .unreadable }
        self.init(
            key: try row.text(0),
            line: try row.int(1),
            source: try row.text(2),
            userID: row.optionalText(3),
            externalID: row.optionalText(4),
            identityProviderID: row.optionalText(5),
            state: state,
            stateWord: try row.text(21),
            evidence: row.optionalText(7).flatMap(Evidence.init(rawValue:)),
            linkedAccountID: row.optionalText(8),
            httpStatus: try row.optionalInt(9),
            errorCode: row.optionalText(10),
            errorDetail: row.optionalText(11),
            errorID: row.optionalText(12),
            correlationID: row.optionalText(13),
            attempts: try row.int(14),
            posts: try row.int(15),
            latencyMilliseconds: try row.optionalInt(16),
            runID: try row.text(17),
            updatedAt: try row.text(18),
            environmentID: row.optionalText(19),
            ticket: try row.optionalInteger(20).map { Ticket(row: $0) }
        )
    }
}
