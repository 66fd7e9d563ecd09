/// The choice of rows for an export, and how they are read: two streams, links and invalid rows, merged by line. The
/// statements are those of every store.
package struct ResultQuery {
    /// Nil for all.
    private let states: Set<LinkState>?
    private let runID: String?
    private let columns: String

    /// `facts`: what a store of an older format has instead of these columns of the views.
    package init(states: Set<LinkState>?, runID: String?, facts: String = Self.facts) {
        self.states = states
        self.runID = runID
        columns = "\(Self.texts), \(facts)"
    }

    /// Calls `body` for each row, in order, with one row of each stream in memory. A stream ends with nil.
    package func forEach(
        links: () throws -> ResultRow?,
        invalid: () throws -> ResultRow?,
        _ body: (ResultRow) throws -> Void
    ) throws {
        var nextLink = try links()
        var nextInvalid = try invalid()
        while true {
            switch (nextLink, nextInvalid) {
            case (nil, nil):
                return
            case (let link?, let row) where row.map { link.line < $0.line } ?? true:
                try body(link)
                nextLink = try links()
            case (_, let row):
                if let row { try body(row) }
                nextInvalid = try invalid()
            }
        }
    }

    /// Nil if no state of links is asked for. When few rows are asked for, they are found through the index of those
    /// that are not linked: the inner query gives their numbers, in order, and needs memory for nothing else.
    package var linkSQL: String? {
        let codes = (states ?? Set(LinkState.allCases)).subtracting([.invalid]).map(\.code).sorted()
        guard !codes.isEmpty else { return nil }
        let list = codes.map(String.init).joined(separator: ", ")
        let choice =
            if codes.count == LinkState.allCases.count - 1 {
                "true"
            } else if codes.contains(LinkState.linked.code) {
                "state_code IN (\(list))"
            } else {
                "row IN (SELECT id FROM links WHERE state <> \(LinkState.linked.code) AND state IN (\(list)))"
            }
        return "SELECT \(columns) FROM link_results WHERE \(choice)\(runChoice) ORDER BY row"
    }

    /// Nil if no invalid rows are asked for.
    package var invalidSQL: String? {
        guard states?.contains(.invalid) ?? true else { return nil }
        return "SELECT \(columns) FROM invalid_results WHERE true\(runChoice) ORDER BY input, line"
    }

    private var runChoice: String {
        runID == nil ? "" : " AND run_id = $1"
    }

    /// What stands for the parameters of each statement.
    package var parameters: [String] { runID.map { [$0] } ?? [] }

    /// What ``ResultRow/init(_:)`` reads, of the views `link_results` and `invalid_results`.
    package static let columns = "\(texts), \(facts)"

    package static let facts = "doubt, error_fact, error_column"

    private static let texts = """
        key, line, source, user_id, external_id, identity_provider_id, state_code, evidence, linked_account_id, \
        http_status, error_code, error_detail, error_id, correlation_id, attempts, posts, latency_ms, run_id, \
        updated_at, environment_id, row, state
        """
}

extension ResultRow {
    /// The columns of ``ResultQuery/columns``.
    package init(_ row: some StoredRow) throws {
        guard let state = LinkState(code: try row.int(6)) else { throw UnreadableValue() }
        try self.init(
            key: row.text(0),
            line: row.int(1),
            source: row.text(2),
            userID: row.optionalText(3),
            externalID: row.optionalText(4),
            identityProviderID: row.optionalText(5),
            state: state,
            stateWord: row.text(21),
            evidence: row.optionalText(7).flatMap(Evidence.init(rawValue:)),
            linkedAccountID: row.optionalText(8),
            httpStatus: row.optionalInt(9),
            errorCode: row.optionalText(10),
            errorDetail: row.optionalText(11),
            errorID: row.optionalText(12),
            correlationID: row.optionalText(13),
            attempts: row.int(14),
            posts: row.int(15),
            latencyMilliseconds: row.optionalInt(16),
            runID: row.text(17),
            updatedAt: row.text(18),
            environmentID: row.optionalText(19),
            doubt: row.optionalInt(22).flatMap(LinkDoubt.init(code:)),
            errorFact: row.optionalInt(23).flatMap(ProblemFact.init(code:)),
            errorColumn: row.optionalText(24),
            ticket: row.optionalInteger(20).map { Ticket(row: $0) }
        )
    }
}
