import GRDB
import Ledger

/// The statements with which links are removed from the ledger's point of view. A row keeps its run, its source and what
/// was known of its link: what is undone was once done.
struct UndoTable {
    private let database: Database
    /// Milliseconds since 1970.
    private let now: Int64

    init(_ database: Database, now: Int64) {
        self.database = database
        self.now = now
    }

    func extent(of choice: UndoChoice) throws -> UndoExtent {
        var widest = choice
        widest.includesReadBack = true
        let all = try count(widest)
        let links = choice.includesReadBack ? all : try count(choice)
        return UndoExtent(links: links, leftOut: all - links, inDoubt: try countInDoubt(choice))
    }

    /// Rows whose linking, not whose removal, is in doubt.
    private func countInDoubt(_ choice: UndoChoice) throws -> Int {
        let run = choice.runID == nil ? "" : " AND run_id = ?"
        let sql = """
            SELECT count(*) FROM link_results
            WHERE row IN (SELECT id FROM links WHERE state <> \(LinkState.linked.code)
                    AND \(LinkDoubt.isInDoubt) AND doubt IS NOT \(LinkDoubt.undoing.code))
                AND environment_id = ? COLLATE NOCASE\(run)
            """
        return try Int.fetchOne(database, sql: sql, arguments: Self.arguments(choice)) ?? 0
    }

    func rows(of choice: UndoChoice, after last: Ticket?, count: Int) throws -> [ResultRow] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT \(ResultQuery.columns) FROM link_results
                WHERE row > ? AND \(Self.condition(choice)) ORDER BY row LIMIT ?
                """
        )
        let arguments = StatementArguments([last?.row ?? 0]) + Self.arguments(choice) + [count]
        return try Row.fetchAll(statement, arguments: arguments).map { try ResultRow(SQLiteRow($0)) }
    }

    func begin(_ ticket: Ticket) throws {
        let statement = try database.cachedStatement(
            sql: "UPDATE links SET state = ?, doubt = ?, error_code = ?, updated_ms = ? WHERE id = ?"
        )
        try statement.execute(
            arguments: [LinkState.unsettled.code, LinkDoubt.undoing.code, ResultRow.undoInDoubt, now, ticket.row]
        )
    }

    func end(_ ticket: Ticket, as outcome: UndoOutcome) throws {
        let state: LinkState =
            switch outcome {
            case .undone: .undone
            case .kept: .linked
            }
        let statement = try database.cachedStatement(
            sql: "UPDATE links SET state = ?, doubt = NULL, error_code = NULL, updated_ms = ? WHERE id = ?"
        )
        try statement.execute(arguments: [state.code, now, ticket.row])
        precondition(database.changesCount == 1, "row \(ticket.row) was undone but is not in the ledger")
    }

    /// Makes a link whose removal is certain one that is about to be made again.
    func forget(_ ticket: Ticket) throws {
        try database.execute(
            sql: "UPDATE links SET state = ?, doubt = NULL, error_code = NULL, updated_ms = ? WHERE id = ?",
            arguments: [LinkState.intended.code, now, ticket.row]
        )
    }

    private func count(_ choice: UndoChoice) throws -> Int {
        let sql = "SELECT count(*) FROM link_results WHERE \(Self.condition(choice))"
        return try Int.fetchOne(database, sql: sql, arguments: Self.arguments(choice)) ?? 0
    }

    private static func condition(_ choice: UndoChoice) -> String {
        var condition = """
            (state_code = \(LinkState.linked.code)
                OR row IN (SELECT id FROM links WHERE state <> \(LinkState.linked.code)
                    AND state = \(LinkState.unsettled.code) AND doubt = \(LinkDoubt.undoing.code)))
            AND linked_account_id IS NOT NULL AND environment_id = ? COLLATE NOCASE
            """
        if !choice.includesReadBack { condition += " AND evidence = '\(Evidence.reply.rawValue)'" }
        if choice.runID != nil { condition += " AND run_id = ?" }
        return condition
    }

    private static func arguments(_ choice: UndoChoice) -> StatementArguments {
        StatementArguments([choice.environment] + (choice.runID.map { [$0] } ?? []))
    }
}
