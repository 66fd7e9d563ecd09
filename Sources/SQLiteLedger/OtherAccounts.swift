import GRDB
import Ledger

/// Finds users whom a run has linked to another account at a provider than earlier runs: the smaller part of the links goes
/// into a temporary table, the larger one is read along it.
struct OtherAccounts {
    private let database: Database
    /// Links up to this one were there before the run.
    private let last: Int64
    private let linked = "state IN (\(LinkState.linkedCodes))"

    init(_ database: Database, after last: Int64) {
        self.database = database
        self.last = last
    }

    /// How many new links there are of such users, and the first of their lines.
    func find() throws -> (count: Int, firstLine: Int) {
        let end = try Int64.fetchOne(database, sql: "SELECT max(id) FROM links") ?? 0
        guard last > 0, end > last else { return (0, 0) }
        let isNewSmaller = end - last <= last
        let (small, large) = isNewSmaller ? ("id > \(last)", "l.id <= \(last)") : ("id <= \(last)", "l.id > \(last)")
        let new = isNewSmaller ? "s" : "l"
        try database.execute(
            sql: """
                DROP TABLE IF EXISTS temp.account_holders;
                CREATE TEMP TABLE account_holders (
                    id INTEGER PRIMARY KEY, user_id TEXT COLLATE NOCASE, provider INTEGER, environment INTEGER, line INTEGER
                );
                INSERT INTO account_holders
                    SELECT id, user_id, provider, environment, line FROM links WHERE \(small) AND \(linked);
                CREATE INDEX temp.account_holders_by_user ON account_holders (user_id);
                """
        )
        defer { try? database.execute(sql: "DROP TABLE temp.account_holders") }
        let found = try Row.fetchOne(
            database,
            sql: """
                SELECT count(DISTINCT \(new).id), min(\(new).line) FROM links AS l
                    CROSS JOIN account_holders AS s ON s.user_id = l.user_id
                        AND s.provider = l.provider AND s.environment = l.environment
                WHERE \(large) AND l.\(linked)
                """
        )
        guard let found else { return (0, 0) }
        return (try found.decode(atIndex: 0), try found.decode(Int?.self, atIndex: 1) ?? 0)
    }
}
