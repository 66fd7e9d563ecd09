package import Ledger

extension PostgresLedgerReader {
    package func forEachResult(
        states: Set<LinkState>?,
        runID: String?,
        _ body: (ResultRow) throws -> Void
    ) throws {
        let query = ResultQuery(states: states, runID: runID)
        var isHandedOut = false
        var thrownByBody: (any Error)?
        do {
            try read(mayRepeat: { !isHandedOut }) { connection in
                let links = try Self.stream(query.linkSQL, named: "pinglink_links", of: query, connection)
                let invalid = try Self.stream(query.invalidSQL, named: "pinglink_invalid", of: query, connection)
                try query.forEach(links: links, invalid: invalid) { row in
                    isHandedOut = true
                    do {
                        try body(row)
                    } catch {
                        thrownByBody = error
                        throw error
                    }
                }
            }
        } catch {
            throw thrownByBody ?? error
        }
    }

    private static func stream(
        _ statement: String?,
        named name: String,
        of query: ResultQuery,
        _ connection: PostgresConnection
    ) throws -> () throws -> ResultRow? {
        guard let statement else { return { nil } }
        var rows = try PostgresCursor(connection, statement, query.parameters.map { PostgresValue($0) }, name: name)
        return { try rows.next().map { try ResultRow($0) } }
    }
}
