import Ledger

/// Reads what is known of some candidates, has it decided whether to send them, and writes the intents: statements of one
/// transaction, which only one process at a time is in, so that what it reads stays true until it has written.
struct LinkAdmission {
    private let connection: PostgresConnection
    private let run: WriterSession.Run
    private let owner: Int64

    init(_ connection: PostgresConnection, _ run: WriterSession.Run, owner: Int64) {
        self.connection = connection
        self.run = run
        self.owner = owner
    }

    private struct Intent {
        var index: Int
        var candidate: Candidate
        var known: KnownLink?
    }

    func admit(
        _ candidates: [Candidate],
        _ numbers: [(environment: Int64, provider: Int64)],
        deciding: (Candidate, Standing) -> Bool
    ) throws -> [Admission] {
        let lookUp = LinkLookUp(connection, thisRun: run.number)
        let known = try lockedLinks(of: candidates, lookUp)
        let rivals = try lookUp.rivals(of: candidates, known: known)
        let holders = try holders(of: known.compactMap { $0 })
        var intents: [Intent] = []
        var sent: [LinkKey: Int] = [:]
        var claimed: [Account: Int] = [:]
        var admissions: [Admission] = []
        for (index, candidate) in candidates.enumerated() {
            var admission = Admission(known: known[index], ticket: nil, rival: rivals[index])
            let holder = known[index].flatMap { holders[$0.row] }
            if let first = sent[candidate.key] {
                admission.known = onItsWay(candidates[first])
            } else if holder == .thisProcess {
                admission.known?.isOfThisRun = true
            } else if case .other(let process) = holder {
                admission.elsewhere = process
            } else if holder == .done, known[index]?.content == candidate.content {
                admission.isDone = true
            } else {
                if let other = claimed[Account(candidate.key)], admission.rival == nil,
                    isRival(candidates[other], of: candidate)
                {
                    admission.rival = RivalClaim(line: candidates[other].line, source: run.start.source)
                }
                if deciding(candidate, Standing(known: admission.known, rival: admission.rival)) {
                    intents.append(Intent(index: index, candidate: candidate, known: admission.known))
                    sent[candidate.key] = index
                    claimed[Account(candidate.key)] = index
                } else {
                    admission.isDeclined = true
                }
            }
            admissions.append(admission)
        }
        for (index, ticket) in try write(intents, numbers) { admissions[index].ticket = ticket }
        try keepAliases(of: candidates, admissions)
        return admissions
    }

    /// What is known of the candidates, which stays so to the end of the transaction: another process may settle a row at any
    /// time.
    private func lockedLinks(of candidates: [Candidate], _ lookUp: LinkLookUp) throws -> [KnownLink?] {
        var known = try lookUp.find(candidates.map(\.key))
        let open = candidates.indices.filter { known[$0].map(mayBeElsewhere) ?? false }
        guard !open.isEmpty else { return known }
        try connection.query(
            "SELECT 1 FROM links WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE",
            PostgresValue(open.map { known[$0]?.row })
        )
        for (index, now) in zip(open, try lookUp.find(open.map { candidates[$0].key })) { known[index] = now }
        return known
    }

    /// Whether somebody may have a row in hand, or have had it since this run began.
    private func mayBeElsewhere(_ known: KnownLink) -> Bool {
        [.intended, .unsettled, .failed].contains(known.state)
            || known.run != run.number && known.updatedMilliseconds >= run.startedMilliseconds
    }

    /// A candidate of the same batch has this key, and is sent.
    private func onItsWay(_ candidate: Candidate) -> KnownLink {
        KnownLink(
            state: .intended,
            content: candidate.content,
            attempts: 0,
            posts: 0,
            line: candidate.line,
            isOfThisRun: true,
            row: 0,
            run: run.number,
            updatedMilliseconds: 0
        )
    }

    /// One account at one provider.
    private struct Account: Hashable {
        private let key: LinkKey

        init(_ key: LinkKey) {
            self.key = LinkKey(
                environment: key.environment,
                userID: "",
                identityProviderID: key.identityProviderID,
                externalID: key.externalID
            )
        }
    }

    /// Whose user had the same name is the row's own past.
    private func isRival(_ other: Candidate, of candidate: Candidate) -> Bool {
        candidate.userAlias == nil || other.userAlias != candidate.userAlias
    }

    /// Who has a link in hand, or had it while this run went on.
    private enum Holder: Equatable {
        case thisProcess
        case other(RowHolder)
        /// Another process of this import has brought it to its end.
        case done
    }

    /// What a row came to in another run since this one began is its end, unless that run was stopped before it could do
    /// more. A process whose lease is over has nothing in hand any more.
    private func holders(of links: [KnownLink]) throws -> [Int64: Holder] {
        let open = links.filter(mayBeElsewhere).map(\.row)
        guard !open.isEmpty else { return [:] }
        try endLeases(ofRows: open)
        let rows = try connection.query(
            """
            SELECT l.id, p.id, p.host, p.pid, greatest(0, extract(epoch FROM p.lease_until - clock_timestamp())),
                l.owner IS NULL AND l.updated_ms >= $2 AND l.run <> $3 AND r.stopped_by IS NULL
                    AND l.state <> \(LinkState.intended.code)
            FROM links AS l LEFT JOIN processes AS p ON p.id = l.owner AND NOT p.is_over
                LEFT JOIN run_records AS r ON r.id = l.run
            WHERE l.id = ANY($1::bigint[])
            """,
            PostgresValue(open.map { $0 }),
            PostgresValue(run.startedMilliseconds),
            PostgresValue(run.number)
        )
        var holders: [Int64: Holder] = [:]
        for row in rows.map({ $0 }) {
            let link = try row.integer(0)
            if let process = try row.optionalInteger(1) {
                let holder = try RowHolder(
                    host: row.text(2),
                    processID: Int32(row.int(3)),
                    leaseEndsIn: .milliseconds(Int64(row.double(4) * 1000))
                )
                holders[link] = process == owner ? .thisProcess : .other(holder)
            } else if try row.bool(5) {
                holders[link] = .done
            }
        }
        return holders
    }

    /// Takes the rows from processes whose leases are over: from now on they give no sign of life any more that counts. One
    /// that gives a sign at this very moment keeps them.
    private func endLeases(ofRows rows: [Int64]) throws {
        try connection.query(
            """
            UPDATE processes SET is_over = true
            WHERE id IN (SELECT owner FROM links WHERE id = ANY($1::bigint[])) AND id <> $2 AND NOT is_over
                AND lease_until < clock_timestamp()
            """,
            PostgresValue(rows.map { $0 }),
            PostgresValue(owner)
        )
    }

    /// - Returns: the tickets, by the places of their candidates.
    private func write(
        _ intents: [Intent],
        _ numbers: [(environment: Int64, provider: Int64)]
    ) throws -> [(Int, Ticket)] {
        let new = intents.filter { $0.known == nil }
        let again = intents.compactMap { intent in intent.known.map { (intent, $0) } }
        var tickets = again.map { ($0.index, Ticket(row: $1.row, owner: owner)) }
        if !new.isEmpty {
            func integers(_ value: (Intent) -> Int64?) -> PostgresValue { PostgresValue(new.map(value)) }
            let made = try connection.query(
                """
                INSERT INTO links (key_hash, environment, provider, user_id, external_id, content, line, user_alias, run,
                    state, updated_ms, owner)
                SELECT v.key_hash, v.environment, v.provider, v.user_id, v.external_id, v.content, v.line, v.user_alias,
                    $1, \(LinkState.intended.code), \(PostgresSchema.now), $2
                FROM unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::bigint[], $9::bigint[],
                    $10::bigint[]) WITH ORDINALITY
                    AS v (key_hash, environment, provider, user_id, external_id, content, line, user_alias, place)
                ORDER BY v.place
                RETURNING id
                """,
                PostgresValue(run.number),
                PostgresValue(owner),
                integers { LinkKey.storedHash($0.candidate.key) },
                integers { numbers[$0.index].environment },
                integers { numbers[$0.index].provider },
                PostgresValue(new.map { $0.candidate.key.userID }),
                PostgresValue(new.map { $0.candidate.key.externalID }),
                integers { Int64(bitPattern: $0.candidate.content) },
                integers { Int64($0.candidate.line) },
                integers { $0.candidate.userAlias.map { Int64(bitPattern: $0) } }
            )
            // The numbers are given out in the order of the rows.
            let ids = try made.map { try $0.integer(0) }.sorted()
            guard ids.count == new.count else { throw PostgresError.unreadable }
            tickets += zip(new, ids).map { ($0.index, Ticket(row: $1, owner: owner)) }
        }
        try renew(again)
        return tickets
    }

    /// Marks known links as about to be sent again; what they had otherwise stays until the settlement. One whose removal
    /// is in doubt stays `unsettled`: it is read first.
    private func renew(_ intents: [(intent: Intent, known: KnownLink)]) throws {
        guard !intents.isEmpty else { return }
        try connection.query(
            """
            UPDATE links AS l SET state = v.state, content = v.content, line = v.line, run = $1, owner = $2,
                updated_ms = \(PostgresSchema.now)
            FROM unnest($3::bigint[], $4::smallint[], $5::bigint[], $6::bigint[]) AS v (id, state, content, line)
            WHERE l.id = v.id
            """,
            PostgresValue(run.number),
            PostgresValue(owner),
            PostgresValue(intents.map { $0.known.row }),
            PostgresValue(
                intents.map { Int64(($0.known.doubt == .undoing ? LinkState.unsettled : .intended).code) }
            ),
            PostgresValue(intents.map { Int64(bitPattern: $0.intent.candidate.content) }),
            PostgresValue(intents.map { Int64($0.intent.candidate.line) })
        )
    }

    /// Lets known links be found by the names that the input gives their users now.
    private func keepAliases(of candidates: [Candidate], _ admissions: [Admission]) throws {
        let named = zip(candidates, admissions).compactMap { candidate, admission -> (Int64, Int64)? in
            guard let alias = candidate.userAlias, let known = admission.known, known.row > 0 else { return nil }
            return (known.row, Int64(bitPattern: alias))
        }
        guard !named.isEmpty else { return }
        try connection.query(
            """
            UPDATE links AS l SET user_alias = v.alias FROM unnest($1::bigint[], $2::bigint[]) AS v (id, alias)
            WHERE l.id = v.id AND l.user_alias IS DISTINCT FROM v.alias
            """,
            PostgresValue(named.map(\.0)),
            PostgresValue(named.map(\.1))
        )
    }
}
