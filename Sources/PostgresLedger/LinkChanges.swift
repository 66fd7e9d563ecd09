import Ledger

/// What workers have reported, as statements of one transaction.
struct LinkChanges {
    private let connection: PostgresConnection
    /// Nil outside of runs, where nothing is settled.
    private let run: Int64?

    init(_ connection: PostgresConnection, run: Int64?) {
        self.connection = connection
        self.run = run
    }

    /// Applies changes in their order; settlements that stand together are one statement.
    ///
    /// - Returns: the places of those that are lost, since the row is in other hands by now.
    func apply(_ entries: [CommitQueue.Entry]) throws -> Set<Int> {
        try lock(entries.compactMap(\.change.link))
        var lost: Set<Int> = []
        var settlements: [(index: Int, ticket: Ticket, settlement: Settlement)] = []
        var seen: [Int64] = []
        func settleAll() throws {
            try lost.formUnion(settle(settlements))
            settlements = []
        }
        for (index, entry) in entries.enumerated() {
            switch entry.change {
            case .settle(let ticket, let settlement):
                settlements.append((index, ticket, settlement))
                continue
            case .noteSeen(let known):
                seen.append(known.row)
                continue
            default: try settleAll()
            }
            switch entry.change {
            case .settle, .noteSeen: break
            case .withdraw(let ticket, let known): if try !withdraw(ticket, restoring: known) { lost.insert(index) }
            case .endUndoing(let ticket, let outcome):
                if try !UndoStatements(connection).end(ticket, as: outcome) { lost.insert(index) }
            case .note(let check): try VerificationStatements(connection).note(check)
            case .notePace(let sample): try note(sample)
            }
        }
        try settleAll()
        try note(seen: seen)
        return lost
    }

    /// In the order in which admissions lock them, so that none waits for a row of the other.
    private func lock(_ links: [Int64]) throws {
        guard !links.isEmpty else { return }
        try connection.query(
            "SELECT 1 FROM links WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE",
            PostgresValue(links.map { $0 })
        )
    }

    private func settle(_ settlements: [(index: Int, ticket: Ticket, settlement: Settlement)]) throws -> Set<Int> {
        guard !settlements.isEmpty else { return [] }
        precondition(run != nil, "row \(settlements[0].ticket.row) was settled outside of a run")
        func integers(_ value: (Settlement) -> Int?) -> PostgresValue {
            PostgresValue(settlements.map { entry in value(entry.settlement).map(Int64.init) })
        }
        func texts(_ value: (Settlement) -> String?) -> PostgresValue {
            PostgresValue(settlements.map { value($0.settlement) })
        }
        let parameters: [PostgresValue] = [
            PostgresValue(run),
            PostgresValue(settlements.map { $0.ticket.row }),
            PostgresValue(settlements.map { $0.ticket.owner }),
            integers { $0.state.code }, integers { $0.evidence?.code }, integers { $0.doubt?.code },
            texts { $0.linkedAccountID }, integers { $0.httpStatus }, texts { $0.errorCode }, texts { $0.errorDetail },
            texts { $0.errorID }, texts { $0.correlationID }, integers { $0.attempts }, integers { $0.posts },
            integers { $0.latency.map { Int($0.wholeMilliseconds) } },
            integers { $0.isCutShort && [.unsettled, .failed].contains($0.state) ? 1 : 0 },
            integers { $0.errorFact?.code },
        ]
        let kept = try connection.query(
            """
            UPDATE links AS l SET state = v.state, evidence = v.evidence, doubt = v.doubt,
                linked_account_id = v.linked_account_id, http_status = v.http_status, error_code = v.error_code,
                error_detail = v.error_detail, error_fact = v.error_fact, error_id = v.error_id, correlation_id = v.correlation_id,
                attempts = l.attempts + v.attempts, posts = l.posts + v.posts, latency_ms = v.latency_ms, run = $1,
                updated_ms = \(PostgresSchema.now), owner = CASE WHEN v.is_cut_short = 1 THEN l.owner END
            FROM unnest($2::bigint[], $3::bigint[], $4::smallint[], $5::smallint[], $6::smallint[], $7::text[],
                $8::integer[], $9::text[], $10::text[], $11::text[], $12::text[], $13::integer[], $14::integer[],
                $15::bigint[], $16::smallint[], $17::smallint[])
                AS v (id, owner, state, evidence, doubt, linked_account_id, http_status, error_code, error_detail, error_id,
                    correlation_id, attempts, posts, latency_ms, is_cut_short, error_fact)
            WHERE l.id = v.id AND l.owner = v.owner
            RETURNING l.id
            """,
            parameters
        )
        let rows = Set(try kept.map { try $0.integer(0) })
        return Set(settlements.filter { !rows.contains($0.ticket.row) }.map(\.index))
    }

    /// Puts back what an intent has changed, or removes what it has appended.
    ///
    /// - Returns: whether the row was this process's.
    private func withdraw(_ ticket: Ticket, restoring known: KnownLink?) throws -> Bool {
        let changed =
            if let known {
                try connection.query(
                    """
                    UPDATE links SET state = $3, content = $4, line = $5, run = $6, updated_ms = $7, owner = NULL
                    WHERE id = $1 AND owner = $2
                    """,
                    PostgresValue(ticket.row),
                    PostgresValue(ticket.owner),
                    PostgresValue(known.state.code),
                    PostgresValue(Int64(bitPattern: known.content)),
                    PostgresValue(known.line),
                    PostgresValue(known.run),
                    PostgresValue(known.updatedMilliseconds)
                )
            } else {
                try connection.query(
                    "DELETE FROM links WHERE id = $1 AND owner = $2",
                    PostgresValue(ticket.row),
                    PostgresValue(ticket.owner)
                )
            }
        return changed.changed == 1
    }

    /// Other runs may be at the same input: the last one counts.
    private func note(seen rows: [Int64]) throws {
        guard !rows.isEmpty else { return }
        try connection.query(
            "UPDATE links SET seen = $1 WHERE id = ANY($2::bigint[]) AND coalesce(seen, 0) < $1",
            PostgresValue(run),
            PostgresValue(rows.map { $0 })
        )
    }

    private func note(_ sample: PaceSample) throws {
        guard let run else { return }
        try connection.query(
            """
            INSERT INTO pace (run, at_ms, rate, paused_from_ms, paused_until_ms, requests, throttled, held, is_limit)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            PostgresValue(run),
            PostgresValue(sample.at.millisecondsSince1970),
            PostgresValue(sample.rate),
            PostgresValue(sample.pause?.lowerBound.millisecondsSince1970),
            PostgresValue(sample.pause?.upperBound.millisecondsSince1970),
            PostgresValue(sample.requests),
            PostgresValue(sample.throttled),
            PostgresValue(sample.held),
            PostgresValue(sample.heldIsLimit)
        )
    }
}

extension CommitQueue.Change {
    /// The row that it changes.
    fileprivate var link: Int64? {
        switch self {
        case .settle(let ticket, _), .withdraw(let ticket, _), .endUndoing(let ticket, _): ticket.row
        case .noteSeen(let known): known.row
        case .note, .notePace: nil
        }
    }
}
