import GRDB

/// Reads a ledger for `status`, `export` and `report`, also while a run writes it: it waits for nobody, and nobody waits
/// for it.
///
/// Each call sees the ledger as it is at one moment. A long one keeps the write-ahead log of a run that goes on from being
/// reused meanwhile, so that it grows. Reads a ledger that was closed in good order even in a folder in which nothing may
/// be written.
package final class LedgerReader: Sendable {
    package let path: String
    private let connection: DatabaseQueue

    /// - Throws: `cannotRead`, `notALedger`, `newerSchema` or `damaged`.
    package init(path: String) throws(LedgerError) {
        self.path = path
        do {
            connection = try LedgerConnection.openForReading(path)
        } catch {
            throw LedgerError(error, at: path, while: .reading)
        }
    }

    deinit {
        close()
    }

    /// Lets go of the file, and of those that SQLite keeps beside it, now rather than with the last reference. Nothing
    /// can be read afterwards.
    package func close() {
        try? connection.close()
    }

    /// How many rows are in each state; a state that no row is in is missing. The rows that are left to settle are
    /// `unsettled` and `intended`.
    ///
    /// - Complexity: reads the narrow index of all links, some 15 bytes each, never the rows.
    package func counts() throws(LedgerError) -> [LinkState: Int] {
        try read { database in
            var counts: [LinkState: Int] = [:]
            let all = try Int.fetchOne(database, sql: "SELECT count(*) FROM links") ?? 0
            let others = try Row.fetchCursor(
                database,
                sql: "SELECT state, count(*) FROM links WHERE state <> \(LinkState.linked.code) GROUP BY state"
            )
            while let row = try others.next() {
                guard let state = LinkState(code: try row.decode(atIndex: 0)) else { throw UnreadableValue() }
                counts[state] = try row.decode(atIndex: 1)
            }
            counts[.linked] = all - counts.values.reduce(0, +)
            counts[.invalid] = try Int.fetchOne(database, sql: "SELECT count(*) FROM invalid_rows")
            return counts.filter { $0.value != 0 }
        }
    }

    /// The environments that rows of this ledger belong to.
    package func environments() throws(LedgerError) -> [String] {
        try read { try String.fetchAll($0, sql: "SELECT uuid FROM environments ORDER BY id") }
    }

    /// All runs, the oldest first.
    package func runs() throws(LedgerError) -> [RunRecord] {
        try read { database in
            // A ledger of an older format has no kinds; its undoing runs have an input of this name, which no file's is.
            let kind = try database.hasColumn("kind", in: "run_records") ? "kind" : "1 + (i.name = 'undo')"
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT v.run_id, v.started_at, v.ended_at, v.source, v.source_sha256, v.rows, v.exit_code, v.stopped_by,
                        \(kind)
                    FROM runs AS v JOIN run_records AS r ON r.run_id = v.run_id JOIN inputs AS i ON i.id = r.input
                    ORDER BY r.id
                    """
            ).map { row in
                guard let kind = RunKind(code: try row.decode(atIndex: 8)) else { throw UnreadableValue() }
                return try RunRecord(
                    kind: kind,
                    runID: row.decode(atIndex: 0),
                    startedAt: row.decode(atIndex: 1),
                    endedAt: row.decode(atIndex: 2),
                    source: row.decode(atIndex: 3),
                    sourceSHA256: row.decode(atIndex: 4),
                    rows: row.decode(atIndex: 5),
                    exitCode: row.decode(atIndex: 6),
                    stoppedBy: row.decode(atIndex: 7)
                )
            }
        }
    }

    /// What is known of each candidate, in the same order, as ``Ledger/lookUp(_:)`` tells a writer; for a dry run.
    package func lookUp(_ candidates: [Candidate]) throws(LedgerError) -> [KnownLink?] {
        try read { database in
            let links = try Self.links(of: database)
            var identifiers = IdentifierTables()
            return try links.lookUp(candidates, &identifiers)
        }
    }

    /// What is known of each alias, in the same order, as ``Ledger/lookUp(_:)`` tells a writer; nothing where no run of
    /// this format has written the ledger yet.
    package func lookUp(_ aliases: [LinkAlias]) throws(LedgerError) -> [KnownLink?] {
        try read { database in
            guard try database.hasColumn("user_alias", in: "links") else {
                return aliases.map { _ in nil }
            }
            let links = try Self.links(of: database)
            var identifiers = IdentifierTables()
            return try links.lookUp(aliases, &identifiers)
        }
    }

    /// What was suspicious about a run's input.
    package func warnings(ofRun runID: String) throws(LedgerError) -> [RunWarning] {
        try read { database in
            guard try database.tableExists("run_warnings") else { return [] }
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT w.kind, w.count, w.first_line, w.names FROM run_warnings AS w
                        JOIN run_records AS r ON r.id = w.run WHERE r.run_id = ? ORDER BY w.id
                    """,
                arguments: [runID]
            ).map { row in
                let names: String = try row.decode(atIndex: 3)
                return try RunWarning(
                    kind: row.decode(atIndex: 0),
                    count: row.decode(atIndex: 1),
                    firstLine: row.decode(atIndex: 2),
                    names: names.split(separator: "\n").map(String.init)
                )
            }
        }
    }

    private static func links(of database: Database) throws -> LinkTable {
        let format = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let hash = format >= 7 ? LinkKey.storedHash : LinkKey.firstStoredHash
        return LinkTable(database, run: nil, now: 0, format: format, hash: hash)
    }

    /// Who has claimed each candidate's account, as ``Ledger/rivals(of:)`` tells a writer; nobody where no run of this
    /// format has written the ledger yet.
    package func rivals(of candidates: [Candidate]) throws(LedgerError) -> [RivalClaim?] {
        try read { database in
            guard try database.hasColumn("seen", in: "links") else { return candidates.map { _ in nil } }
            var identifiers = IdentifierTables()
            return try Self.links(of: database).rivals(of: candidates, &identifiers)
        }
    }

    /// The salt of the ledger's fingerprints, see ``Ledger/contentSalt``.
    package func contentSalt() throws(LedgerError) -> UInt64 {
        try read(LedgerConnection.contentSalt)
    }

    /// Hands out the rows of `results` one by one, in fixed memory: links in the order in which they were first admitted,
    /// and invalid rows between them by their line. For a ledger of one input that is the order of the input.
    ///
    /// - Parameters:
    ///   - states: only rows in these states; nil for all.
    ///   - runID: only rows that this run touched last; nil for all.
    ///   - body: what it throws ends the reading and is thrown on.
    /// - Throws: `LedgerError`, or what `body` throws.
    package func forEachResult(
        states: Set<LinkState>? = nil,
        runID: String? = nil,
        _ body: (ResultRow) throws -> Void
    ) throws {
        let query = ResultQuery(states: states, runID: runID)
        var thrownByBody: (any Error)?
        do {
            try connection.read { database in
                try query.forEach(in: database) { row in
                    do {
                        try body(row)
                    } catch {
                        thrownByBody = error
                        throw error
                    }
                }
            }
        } catch {
            throw thrownByBody ?? LedgerError(error, at: path, while: .reading)
        }
    }

    /// Who holds a ledger that this process may not open for writing; nil if that cannot be told.
    static func holder(of path: String) -> LedgerConnection.Holder? {
        guard let connection = try? LedgerConnection.openUntouched(path) else { return nil }
        defer { try? connection.close() }
        return try? connection.read(LedgerConnection.holder)
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
        do {
            return try connection.read(body)
        } catch {
            throw LedgerError(error, at: path, while: .reading)
        }
    }
}

extension Database {
    func hasColumn(_ name: String, in table: String) throws -> Bool {
        try columns(in: table).contains { $0.name == name }
    }
}
