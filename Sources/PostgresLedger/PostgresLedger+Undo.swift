import DurableSteps
package import Ledger

extension PostgresLedger {
    package func undoExtent(_ choice: UndoChoice) throws(LedgerError) -> UndoExtent {
        try writer.transact { connection, _ in
            try connection.takeTime()
            return try UndoStatements(connection).extent(of: choice)
        }
    }

    package func beginUndoing(
        _ choice: UndoChoice,
        after last: Ticket?,
        count: Int
    ) throws(LedgerError) -> [ResultRow] {
        // Nobody else may undo meanwhile, but imports may have begun.
        guard lease.owner != nil else {
            let reason = "this process was away for longer than its lease"
            throw .writeFailed(path: writer.address.name, reason: reason)
        }
        return try writer.transact(reaching: .undoMarksCommitted) { connection, session in
            let undo = UndoStatements(connection)
            var rows = try undo.rows(of: choice, after: last, count: count)
            try undo.begin(rows.compactMap(\.ticket))
            for index in rows.indices { rows[index].ticket?.owner = session.owner }
            return rows
        }
    }

    package func endUndoing(_ ticket: Ticket, as outcome: UndoOutcome, completion: @escaping RecordCompletion) {
        writer.enqueue(.init(change: .endUndoing(ticket, outcome), completion: completion))
    }

    package func forgetUndoing(_ ticket: Ticket) throws(LedgerError) {
        try writer.transact(reaching: .undoForgotten) { connection, _ in try UndoStatements(connection).forget(ticket) }
    }
}

/// The statements with which links are removed from the ledger's point of view. A row keeps its run, its source and what
/// was known of its link: what is undone was once done.
struct UndoStatements {
    private let connection: PostgresConnection

    init(_ connection: PostgresConnection) {
        self.connection = connection
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
        let found = try connection.query(
            """
            SELECT count(*) FROM link_results
            WHERE row IN (SELECT id FROM links
                    WHERE \(LinkDoubt.isInDoubt) AND doubt IS DISTINCT FROM \(LinkDoubt.undoing.code))
                AND lower(environment_id) = lower($1) AND ($2::text IS NULL OR run_id = $2)
            """,
            .text(choice.environment),
            PostgresValue(choice.runID)
        )
        return try found.first?.int(0) ?? 0
    }

    func rows(of choice: UndoChoice, after last: Ticket?, count: Int) throws -> [ResultRow] {
        try connection.query(
            """
            SELECT \(ResultQuery.columns) FROM link_results
            WHERE row > $3 AND \(Self.condition(choice)) ORDER BY row LIMIT $4
            """,
            .text(choice.environment),
            PostgresValue(choice.runID),
            PostgresValue(last?.row ?? 0),
            PostgresValue(count)
        ).map { try ResultRow($0) }
    }

    func begin(_ tickets: [Ticket]) throws {
        try connection.query(
            """
            UPDATE links SET state = \(LinkState.unsettled.code), doubt = \(LinkDoubt.undoing.code), error_code = $1,
                updated_ms = \(PostgresSchema.now)
            WHERE id = ANY($2::bigint[])
            """,
            .text(ResultRow.undoInDoubt),
            PostgresValue(tickets.map { $0.row })
        )
    }

    /// - Returns: whether the row was still marked: not where somebody has made the link again since.
    func end(_ ticket: Ticket, as outcome: UndoOutcome) throws -> Bool {
        let state: LinkState =
            switch outcome {
            case .undone: .undone
            case .kept: .linked
            }
        let ended = try connection.query(
            """
            UPDATE links SET state = $2, doubt = NULL, error_code = NULL, updated_ms = \(PostgresSchema.now)
            WHERE id = $1 AND doubt = \(LinkDoubt.undoing.code)
            """,
            PostgresValue(ticket.row),
            PostgresValue(state.code)
        )
        return ended.changed == 1
    }

    /// Makes a link whose removal is certain one that is about to be made again.
    func forget(_ ticket: Ticket) throws {
        try connection.query(
            """
            UPDATE links SET state = \(LinkState.intended.code), doubt = NULL, error_code = NULL,
                updated_ms = \(PostgresSchema.now) WHERE id = $1 AND owner = $2
            """,
            PostgresValue(ticket.row),
            PostgresValue(ticket.owner)
        )
    }

    private func count(_ choice: UndoChoice) throws -> Int {
        let found = try connection.query(
            "SELECT count(*) FROM link_results WHERE \(Self.condition(choice))",
            .text(choice.environment),
            PostgresValue(choice.runID)
        )
        return try found.first?.int(0) ?? 0
    }

    /// `$1` is the environment, `$2` the run or NULL.
    private static func condition(_ choice: UndoChoice) -> String {
        let evidence = choice.includesReadBack ? "" : " AND evidence = '\(Evidence.reply.rawValue)'"
        return """
            (state_code = \(LinkState.linked.code) OR row IN (SELECT id FROM links
                    WHERE state = \(LinkState.unsettled.code) AND doubt = \(LinkDoubt.undoing.code)))
                AND linked_account_id IS NOT NULL AND lower(environment_id) = lower($1)
                AND ($2::text IS NULL OR run_id = $2)\(evidence)
            """
    }
}
