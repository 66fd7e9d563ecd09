import GRDB
import Ledger

/// The statements on `links` of one transaction: prepared once, bound by position.
final class LinkTable {
    private let database: Database
    /// Nil for a reader and outside of runs, where nothing is admitted or settled.
    private let run: Int64?
    /// Milliseconds since 1970.
    private let now: Int64
    private let hash: @Sendable (LinkKey) -> Int64
    /// The row that a key led to last.
    private var lastFound: Int64?

    /// `format`: that of the file; an older one is only read.
    init(
        _ database: Database,
        run: Int64?,
        now: Int64,
        format: Int = LedgerSchema.version,
        hash: @escaping @Sendable (LinkKey) -> Int64
    ) {
        self.database = database
        self.run = run
        self.now = now
        self.hash = hash
        let columns = """
            id, state, content, attempts, posts, line, run, updated_ms, linked_account_id, http_status, error_code,
            error_detail, \(format >= 6 ? "doubt" : "NULL"), \(format >= 10 ? "error_fact" : "NULL")
            """
        let key = "external_id = ? AND user_id = ? COLLATE NOCASE AND environment = ? AND provider = ?"
        findByPlace = HotStatement("SELECT \(columns) FROM links WHERE id = ? AND \(key)")
        findByKey = HotStatement("SELECT \(columns) FROM links WHERE key_hash = ? AND \(key)")
        findByAlias = HotStatement(
            """
            SELECT \(columns) FROM links WHERE user_alias = ? AND external_id = ? AND environment = ? AND provider = ?
            ORDER BY run DESC, id DESC LIMIT 1
            """
        )
    }

    /// What the index says of a key.
    enum Entry {
        /// No link has it; a new one goes into the index under this hash. `isAlone`: nor has any link the account's.
        case unknown(hash: Int64, isAlone: Bool)
        case known(KnownLink)

        var known: KnownLink? {
            if case .known(let known) = self { known } else { nil }
        }
    }

    private let findAccount = HotStatement("SELECT 1 FROM links WHERE key_hash BETWEEN ? AND ?")

    private let findByPlace: HotStatement
    private let findByKey: HotStatement
    private let findByAlias: HotStatement

    /// Looks for the link with this key: first behind the one that was found last, for an input mostly comes again in the
    /// order in which it came before, and then by the index, which leads anywhere in the file. The index alone tells that
    /// most new links are new. Where it has the hash, it leads to keys with the same one; the columns decide.
    func find(_ key: LinkKey, _ numbers: KeyNumbers) throws -> Entry {
        func find(by statement: HotStatement, _ number: Int64) throws -> KnownLink? {
            try statement.first(
                in: database,
                {
                    $0.append(number)
                    $0.append(key.externalID)
                    $0.append(key.userID)
                    $0.append(numbers.environment)
                    $0.append(numbers.provider)
                },
                read: known
            )
        }
        if let lastFound, let next = try find(by: findByPlace, lastFound &+ 1) {
            self.lastFound = next.row
            return .known(next)
        }
        let hash = hash(key)
        let account = LinkKey.accountHashes(around: hash)
        let isInIndex =
            try findAccount.first(
                in: database,
                {
                    $0.append(account.lowerBound)
                    $0.append(account.upperBound)
                },
                read: { _ in true }
            ) ?? false
        let found = try isInIndex ? find(by: findByKey, hash) : nil
        lastFound = found?.row
        return found.map { .known($0) } ?? .unknown(hash: hash, isAlone: !isInIndex)
    }

    /// What counts as a claim: what is linked or may be, and has not been missed by the last verification. A row in doubt
    /// whose user had the same name is this row's own past.
    private let findRival = HotStatement(
        """
        SELECT l.line, r.source FROM links AS l CROSS JOIN run_records AS r ON r.id = l.run
        WHERE l.key_hash BETWEEN ?1 AND ?2 AND l.external_id = ?3 AND l.user_id <> ?4 COLLATE NOCASE
            AND l.environment = ?5 AND l.provider = ?6
            AND (state IN (\(LinkState.linkedCodes)) OR \(LinkDoubt.isInDoubt)
                AND (?7 IS NULL OR l.user_alias IS NOT ?7))
            AND NOT EXISTS (SELECT 1 FROM checks AS c WHERE c.link = l.id AND c.result IN (\(CheckResult.missedCodes))
                AND l.run <= (SELECT last_run FROM verifications ORDER BY id DESC LIMIT 1))
        LIMIT 1
        """
    )

    /// Who has claimed the candidate's account for another user. Not asked for a link that is there or may be.
    func rival(of candidate: Candidate, _ numbers: KeyNumbers, _ finding: Entry) throws -> RivalClaim? {
        let key = candidate.key
        switch finding {
        case .unknown(_, isAlone: true): return nil
        case .known(let known) where known.mayBeLinked: return nil
        default: break
        }
        let account = LinkKey.accountHashes(around: hash(key))
        return try findRival.first(
            in: database,
            {
                $0.append(account.lowerBound)
                $0.append(account.upperBound)
                $0.append(key.externalID)
                $0.append(key.userID)
                $0.append(numbers.environment)
                $0.append(numbers.provider)
                $0.append(candidate.userAlias.map { Int64(bitPattern: $0) })
            },
            read: { row in RivalClaim(line: Int(try row.integer(0)), source: try row.text(1) ?? "") }
        )
    }

    /// Who has claimed each candidate's account, in the same order.
    func rivals(of candidates: [Candidate], _ identifiers: inout IdentifierTables) throws -> [RivalClaim?] {
        try candidates.map { candidate in
            let key = candidate.key
            return try identifiers.numbers(
                ofEnvironment: key.environment,
                provider: key.identityProviderID,
                in: database
            ).flatMap { try rival(of: candidate, $0, find(key, $0)) }
        }
    }

    private let setSeen = HotStatement("UPDATE links SET seen = ? WHERE id = ? AND seen IS NOT ?")

    /// See ``Ledger/noteSeen(_:)``.
    private func noteSeen(_ known: KnownLink) throws {
        try setSeen.run(in: database) {
            $0.append(run)
            $0.append(known.row)
            $0.append(run)
        }
    }

    /// Looks for the link that was last noted under this alias: its user may have had the name before another one.
    func find(_ alias: LinkAlias, _ numbers: KeyNumbers) throws -> KnownLink? {
        try findByAlias.first(
            in: database,
            {
                $0.append(Int64(bitPattern: alias.userAlias))
                $0.append(alias.externalID)
                $0.append(numbers.environment)
                $0.append(numbers.provider)
            },
            read: known
        )
    }

    private func known(_ row: HotRow) throws -> KnownLink {
        guard let state = LinkState(code: Int(try row.integer(1))) else { throw UnreadableValue() }
        let lastRun = try row.integer(6)
        return try KnownLink(
            state: state,
            content: UInt64(bitPattern: row.integer(2)),
            attempts: Int(row.integer(3)),
            posts: Int(row.integer(4)),
            linkedAccountID: row.text(8),
            httpStatus: row.optionalInteger(9).map { Int($0) },
            errorCode: row.text(10),
            errorDetail: row.text(11),
            errorFact: row.optionalInteger(13).flatMap { ProblemFact(code: Int($0)) },
            line: Int(row.integer(5)),
            isOfThisRun: lastRun == run,
            notedDoubt: row.optionalInteger(12).flatMap { LinkDoubt(code: Int($0)) },
            row: row.integer(0),
            run: lastRun,
            updatedMilliseconds: row.integer(7)
        )
    }

    private let insert = HotStatement(
        """
        INSERT INTO links (key_hash, environment, provider, user_id, external_id, content, line, run, state, updated_ms,
            attempts, posts, user_alias)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?)
        """
    )

    /// Appends a link that was unknown so far, under the hash that the look-up told.
    func insertIntent(_ candidate: Candidate, _ numbers: KeyNumbers, hash: Int64) throws -> Ticket {
        let row = try insert.insert(in: database) {
            $0.append(hash)
            $0.append(numbers.environment)
            $0.append(numbers.provider)
            $0.append(candidate.key.userID)
            $0.append(candidate.key.externalID)
            $0.append(Int64(bitPattern: candidate.content))
            $0.append(candidate.line)
            $0.append(run)
            $0.append(LinkState.intended.code)
            $0.append(now)
            $0.append(candidate.userAlias.map { Int64(bitPattern: $0) })
        }
        return Ticket(row: row)
    }

    private let mark = HotStatement(
        "UPDATE links SET state = ?, content = ?, line = ?, run = ?, updated_ms = ? WHERE id = ?"
    )

    /// Marks a known link as about to be sent again; what it had otherwise stays until the settlement. One whose removal
    /// is in doubt stays `unsettled`: it is read first, and ``UndoTable/forget(_:)`` comes before its POST.
    func renewIntent(_ candidate: Candidate, _ known: KnownLink) throws -> Ticket {
        try keepAlias(of: candidate, known)
        let state = known.doubt == .undoing ? LinkState.unsettled : .intended
        try mark.run(in: database) {
            $0.append(state.code)
            $0.append(Int64(bitPattern: candidate.content))
            $0.append(candidate.line)
            $0.append(run)
            $0.append(now)
            $0.append(known.row)
        }
        return Ticket(row: known.row)
    }

    private let setAlias = HotStatement("UPDATE links SET user_alias = ? WHERE id = ? AND user_alias IS NOT ?")

    /// Lets a known link be found by the name that the input gives its user now. A row without such a name changes
    /// nothing.
    func keepAlias(of candidate: Candidate, _ known: KnownLink) throws {
        guard let alias = candidate.userAlias.map({ Int64(bitPattern: $0) }) else { return }
        try setAlias.run(in: database) {
            $0.append(alias)
            $0.append(known.row)
            $0.append(alias)
        }
    }

    /// What is known of each candidate, in the same order.
    func lookUp(_ candidates: [Candidate], _ identifiers: inout IdentifierTables) throws -> [KnownLink?] {
        try candidates.map { candidate in
            let key = candidate.key
            guard
                let numbers = try identifiers.numbers(
                    ofEnvironment: key.environment,
                    provider: key.identityProviderID,
                    in: database
                )
            else { return nil }
            return try find(key, numbers).known
        }
    }

    /// What is known of each alias, in the same order.
    func lookUp(_ aliases: [LinkAlias], _ identifiers: inout IdentifierTables) throws -> [KnownLink?] {
        try aliases.map { alias in
            try identifiers.numbers(
                ofEnvironment: alias.environment,
                provider: alias.identityProviderID,
                in: database
            ).flatMap { try find(alias, $0) }
        }
    }

    func apply(_ change: CommitQueue.Change) throws {
        switch change {
        case .settle(let ticket, let settlement): try settle(ticket, as: settlement)
        case .withdraw(let ticket, let known): try withdraw(ticket, restoring: known)
        case .endUndoing(let ticket, let outcome): try UndoTable(database, now: now).end(ticket, as: outcome)
        case .note(let check): try VerificationTable(database).note(check)
        case .noteSeen(let known): try noteSeen(known)
        case .notePace(let sample): try PaceTable(database).insert(sample, run: run)
        }
    }

    private let settle = HotStatement(
        """
        UPDATE links SET state = ?, evidence = ?, doubt = ?, linked_account_id = ?, http_status = ?, error_code = ?,
            error_detail = ?, error_fact = ?, error_id = ?, correlation_id = ?, attempts = attempts + ?, posts = posts + ?,
            latency_ms = ?, run = ?, updated_ms = ?
        WHERE id = ?
        """
    )

    private func settle(_ ticket: Ticket, as settlement: Settlement) throws {
        precondition(run != nil, "row \(ticket.row) was settled outside of a run")
        let changed = try settle.run(in: database) {
            $0.append(settlement.state.code)
            $0.append(settlement.evidence?.code)
            $0.append(settlement.doubt?.code)
            $0.append(settlement.linkedAccountID)
            $0.append(settlement.httpStatus)
            $0.append(settlement.errorCode)
            $0.append(settlement.errorDetail)
            $0.append(settlement.errorFact?.code)
            $0.append(settlement.errorID)
            $0.append(settlement.correlationID)
            $0.append(settlement.attempts)
            $0.append(settlement.posts)
            $0.append(settlement.latency?.wholeMilliseconds)
            $0.append(run)
            $0.append(now)
            $0.append(ticket.row)
        }
        precondition(changed == 1, "row \(ticket.row) was settled but is not in the ledger")
    }

    private let deleteIntent = HotStatement("DELETE FROM links WHERE id = ? AND state = ?")

    /// Puts back what ``renewIntent(_:_:)`` changed, or removes what ``insertIntent(_:_:)`` appended.
    private func withdraw(_ ticket: Ticket, restoring known: KnownLink?) throws {
        let changed =
            if let known {
                try mark.run(in: database) {
                    $0.append(known.state.code)
                    $0.append(Int64(bitPattern: known.content))
                    $0.append(known.line)
                    $0.append(known.run)
                    $0.append(known.updatedMilliseconds)
                    $0.append(ticket.row)
                }
            } else {
                try deleteIntent.run(in: database) {
                    $0.append(ticket.row)
                    $0.append(LinkState.intended.code)
                }
            }
        precondition(changed == 1, "row \(ticket.row) was withdrawn but is not intended")
    }
}

extension Duration {
    /// Rounded towards zero.
    var wholeMilliseconds: Int64 {
        Int64(attoseconds / 1_000_000_000_000_000)
    }
}
