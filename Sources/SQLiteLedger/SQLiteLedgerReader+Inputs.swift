import GRDB
package import Ledger

extension SQLiteLedgerReader {
    package func inputNames() throws(LedgerError) -> [String] {
        try read { try String.fetchAll($0, sql: "SELECT name FROM inputs ORDER BY id") }
    }

    /// - Complexity: reads the rows that are not linked; the others only where there are several inputs or environments, or
    ///   where a run was killed or goes on.
    package func inputs() throws(LedgerError) -> (records: [InputRecord], gone: Set<Ticket>) {
        try read { database in
            let hasSeen = try database.hasColumn("seen", in: "links")
            var tally = InputTally(
                environments: try Self.numberedEnvironments(database),
                runs: try Self.runs(database, hasCounts: hasSeen)
            )
            try Self.addOpenRows(to: &tally, database, hasSeen: hasSeen)
            try Self.addLinkedRows(to: &tally, database)
            let invalid = try Row.fetchCursor(
                database,
                sql: "SELECT input, lower(environment), count(*) FROM invalid_rows GROUP BY input, lower(environment)"
            )
            while let row = try invalid.next().map(SQLiteRow.init) { try tally.addInvalidRows(row) }
            return tally.inputs
        }
    }

    private static func numberedEnvironments(_ database: Database) throws -> [Int64: String] {
        let rows = try Row.fetchAll(database, sql: "SELECT id, uuid FROM environments")
        return try Dictionary(uniqueKeysWithValues: rows.map { try ($0.decode(atIndex: 0), $0.decode(atIndex: 1)) })
    }

    private static func runs(_ database: Database, hasCounts: Bool) throws -> [InputTally.Run] {
        let kind = try database.hasColumn("kind", in: "run_records") ? "kind = \(RunKind.undoing.code)" : "0"
        // Versions before have noted counts also where the input was not read to its end.
        let linked = "iif(exit_code IN (65, 66), NULL, linked)"
        let more =
            hasCounts ? "environment, host, part, \(linked), repeated, unsent" : "NULL, NULL, 0, NULL, NULL, NULL"
        return try Row.fetchAll(
            database,
            sql: "SELECT id, input, source, rows, \(more), ended_ms, \(kind) FROM run_records ORDER BY id"
        ).map { try InputTally.Run(SQLiteRow($0)) }
    }

    private static func addOpenRows(to tally: inout InputTally, _ database: Database, hasSeen: Bool) throws {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT id, environment, run, state, \(hasSeen ? "seen" : "NULL"), updated_ms,
                    \(hasSeen ? "\(LinkDoubt.isInDoubt), \(LinkDoubt.isOfUndoing)" : "0, 0")
                FROM links WHERE state <> \(LinkState.linked.code) AND state <> \(LinkState.alreadyLinked.code)
                """
        )
        while let row = try rows.next().map(SQLiteRow.init) { tally.add(try InputTally.OpenRow(row)) }
    }

    private static func addLinkedRows(to tally: inout InputTally, _ database: Database) throws {
        if tally.isOfOneInput {
            return tally.addLinkedRows(all: try linkCount(database), others: try countsOfOthers(database))
        }
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT environment, run, state, count(*) FROM links
                WHERE state IN (\(LinkState.linkedCodes)) GROUP BY environment, run, state
                """
        )
        while let row = try rows.next().map(SQLiteRow.init) { try tally.addLinkedRows(row) }
    }
}
