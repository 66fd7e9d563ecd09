package import Ledger

extension PostgresLedgerReader {
    package func inputNames() throws(LedgerError) -> [String] {
        try read { try $0.query("SELECT name FROM inputs ORDER BY id").map { try $0.text(0) } }
    }

    /// - Complexity: reads the rows that are not linked; the others only where there are several inputs or environments, or
    ///   where a run was killed or goes on.
    package func inputs() throws(LedgerError) -> (records: [InputRecord], gone: Set<Ticket>) {
        try read { connection in
            let environments = try connection.query("SELECT id, uuid FROM environments").map {
                (try $0.integer(0), try $0.text(1))
            }
            let runs = try connection.query(
                """
                SELECT id, input, source, rows, environment, host, part, linked, repeated, unsent, ended_ms,
                    kind = \(RunKind.undoing.code)
                FROM run_records ORDER BY id
                """
            ).map { try InputTally.Run($0) }
            var tally = InputTally(environments: Dictionary(uniqueKeysWithValues: environments), runs: runs)
            try connection.forEach(
                """
                SELECT id, environment, run, state, seen, updated_ms, \(LinkDoubt.isInDoubt), \(LinkDoubt.isOfUndoing)
                FROM links
                WHERE state <> \(LinkState.linked.code) AND state <> \(LinkState.alreadyLinked.code)
                """
            ) { tally.add(try InputTally.OpenRow($0)) }
            try Self.addLinkedRows(to: &tally, connection)
            try connection.forEach(
                "SELECT input, lower(environment), count(*) FROM invalid_rows GROUP BY input, lower(environment)"
            ) { try tally.addInvalidRows($0) }
            return tally.inputs
        }
    }

    private static func addLinkedRows(to tally: inout InputTally, _ connection: PostgresConnection) throws {
        if tally.isOfOneInput {
            return tally.addLinkedRows(all: try count("links", connection), others: try countsOfOthers(connection))
        }
        try connection.forEach(
            """
            SELECT environment, run, state, count(*) FROM links
            WHERE state IN (\(LinkState.linkedCodes)) GROUP BY environment, run, state
            """
        ) { try tally.addLinkedRows($0) }
    }
}
