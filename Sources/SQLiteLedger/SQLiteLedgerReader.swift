import GRDB
package import Ledger

/// Reads a ledger in a file. Each call sees the ledger as it is at one moment. A long one keeps the write-ahead log of a run that goes on from being
/// reused meanwhile, so that it grows. Reads a ledger that was closed in good order even in a folder in which nothing may
/// be written.
package final class SQLiteLedgerReader: LedgerReader {
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

    package func close() {
        try? connection.close()
    }

    /// - Complexity: reads the narrow index of all links, some 15 bytes each, never the rows.
    package func counts() throws(LedgerError) -> [LinkState: Int] {
        try read { database in
            var counts = try Self.countsOfOthers(database)
            counts[.linked] = try Self.linkCount(database) - counts.values.reduce(0, +)
            counts[.invalid] = try Int.fetchOne(database, sql: "SELECT count(*) FROM invalid_rows")
            return counts.filter { $0.value != 0 }
        }
    }

    static func linkCount(_ database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT count(*) FROM links") ?? 0
    }

    /// How many links are in each state but `linked`.
    static func countsOfOthers(_ database: Database) throws -> [LinkState: Int] {
        var counts: [LinkState: Int] = [:]
        let rows = try Row.fetchCursor(
            database,
            sql: "SELECT state, count(*) FROM links WHERE state <> \(LinkState.linked.code) GROUP BY state"
        )
        while let row = try rows.next().map(SQLiteRow.init) {
            guard let state = LinkState(code: try row.int(0)) else { throw UnreadableValue() }
            counts[state] = try row.int(1)
        }
        return counts
    }

    package func environments() throws(LedgerError) -> [String] {
        try read { try String.fetchAll($0, sql: "SELECT uuid FROM environments ORDER BY id") }
    }

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
            ).map { try RunRecord(SQLiteRow($0)) }
        }
    }

    package func lookUp(_ candidates: [Candidate]) throws(LedgerError) -> [KnownLink?] {
        try read { database in
            let links = try Self.links(of: database)
            var identifiers = IdentifierTables()
            return try links.lookUp(candidates, &identifiers)
        }
    }

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
            ).map { try RunWarning(SQLiteRow($0)) }
        }
    }

    private static func links(of database: Database) throws -> LinkTable {
        let format = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let hash = format >= 7 ? LinkKey.storedHash : LinkKey.firstStoredHash
        return LinkTable(database, run: nil, now: 0, format: format, hash: hash)
    }

    package func rivals(of candidates: [Candidate]) throws(LedgerError) -> [RivalClaim?] {
        try read { database in
            guard try database.hasColumn("seen", in: "links") else { return candidates.map { _ in nil } }
            var identifiers = IdentifierTables()
            return try Self.links(of: database).rivals(of: candidates, &identifiers)
        }
    }

    package var contentSalt: UInt64 {
        get throws(LedgerError) { try read(LedgerConnection.contentSalt) }
    }

    package func forEachResult(
        states: Set<LinkState>?,
        runID: String?,
        _ body: (ResultRow) throws -> Void
    ) throws {
        var thrownByBody: (any Error)?
        do {
            try connection.read { database in
                let query = ResultQuery(
                    states: states,
                    runID: runID,
                    facts: try LedgerSchema.facts(database)
                )
                let links = try Self.stream(query.linkSQL, of: query, in: database)
                let invalid = try Self.stream(query.invalidSQL, of: query, in: database)
                try query.forEach(links: links, invalid: invalid) { row in
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

    private static func stream(
        _ sql: String?,
        of query: ResultQuery,
        in database: Database
    ) throws -> () throws -> ResultRow? {
        guard let sql else { return { nil } }
        let rows = try Row.fetchCursor(database, sql: sql, arguments: StatementArguments(query.parameters))
        return { try rows.next().map { try ResultRow(SQLiteRow($0)) } }
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
