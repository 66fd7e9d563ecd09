import GRDB
import Ledger

/// The choice of rows for an export, and how they are read: two streams, links and invalid rows, merged by line.
struct ResultQuery {
    /// Nil for all.
    var states: Set<LinkState>?
    var runID: String?

    /// Calls `body` for each row, in order, with one row of each stream in memory.
    func forEach(in database: Database, _ body: (ResultRow) throws -> Void) throws {
        let links = try stream(linkSQL, in: database)
        let invalid = try stream(invalidSQL, in: database)
        var nextLink = try links?.next().map(Self.decode)
        var nextInvalid = try invalid?.next().map(Self.decode)
        while true {
            switch (nextLink, nextInvalid) {
            case (nil, nil):
                return
            case (let link?, let row) where row.map { link.line < $0.line } ?? true:
                try body(link)
                nextLink = try links?.next().map(Self.decode)
            case (_, let row):
                if let row { try body(row) }
                nextInvalid = try invalid?.next().map(Self.decode)
            }
        }
    }

    /// Nil if no state of links is asked for. When few rows are asked for, they are found through the index of those
    /// that are not linked: the inner query gives their numbers, in order, and needs memory for nothing else.
    private var linkSQL: String? {
        let codes = (states ?? Set(LinkState.allCases)).subtracting([.invalid]).map(\.code).sorted()
        guard !codes.isEmpty else { return nil }
        let list = codes.map(String.init).joined(separator: ", ")
        let choice =
            if codes.count == LinkState.allCases.count - 1 {
                "1"
            } else if codes.contains(LinkState.linked.code) {
                "state_code IN (\(list))"
            } else {
                "row IN (SELECT id FROM links WHERE state <> \(LinkState.linked.code) AND state IN (\(list)))"
            }
        return "SELECT \(Self.columns) FROM link_results WHERE \(choice)\(runChoice) ORDER BY row"
    }

    private var invalidSQL: String? {
        guard states?.contains(.invalid) ?? true else { return nil }
        return "SELECT \(Self.columns) FROM invalid_results WHERE 1\(runChoice) ORDER BY input, line"
    }

    private var runChoice: String {
        runID == nil ? "" : " AND run_id = ?"
    }

    private func stream(_ sql: String?, in database: Database) throws -> RowCursor? {
        guard let sql else { return nil }
        return try Row.fetchCursor(database, sql: sql, arguments: runID.map { [$0] } ?? [])
    }

    static let columns = """
        key, line, source, user_id, external_id, identity_provider_id, state_code, evidence, linked_account_id, \
        http_status, error_code, error_detail, error_id, correlation_id, attempts, posts, latency_ms, run_id, \
        updated_at, environment_id, row, state
        """

    /// A column's value is decoded with a throwing call everywhere in this module: the subscript ends the process, and
    /// prints the whole row, where a damaged ledger has something else than the type.
    static func decode(_ row: Row) throws -> ResultRow {
        guard let state = LinkState(code: try row.decode(atIndex: 6)) else { throw UnreadableValue() }
        let evidence: String? = try row.decode(atIndex: 7)
        let number: Int64? = try row.decode(atIndex: 20)
        return try ResultRow(
            key: row.decode(atIndex: 0),
            line: row.decode(atIndex: 1),
            source: row.decode(atIndex: 2),
            userID: row.decode(atIndex: 3),
            externalID: row.decode(atIndex: 4),
            identityProviderID: row.decode(atIndex: 5),
            state: state,
            stateWord: row.decode(atIndex: 21),
            evidence: evidence.flatMap(Evidence.init(rawValue:)),
            linkedAccountID: row.decode(atIndex: 8),
            httpStatus: row.decode(atIndex: 9),
            errorCode: row.decode(atIndex: 10),
            errorDetail: row.decode(atIndex: 11),
            errorID: row.decode(atIndex: 12),
            correlationID: row.decode(atIndex: 13),
            attempts: row.decode(atIndex: 14),
            posts: row.decode(atIndex: 15),
            latencyMilliseconds: row.decode(atIndex: 16),
            runID: row.decode(atIndex: 17),
            updatedAt: row.decode(atIndex: 18),
            environmentID: row.decode(atIndex: 19),
            ticket: number.map { Ticket(row: $0) }
        )
    }
}
