import GRDB
package import Ledger

/// What is asked about the runs of a ledger, whether it is written or only read.
private struct RunQueries {
    let database: Database

    func kinds() throws -> Set<RunKind> {
        // A ledger of an older format has no kinds; its undoing runs have an input of this name, which no file's is.
        let kind = try database.hasColumn("kind", in: "run_records") ? "r.kind" : "1 + (i.name = 'undo')"
        let codes = try Int.fetchAll(
            database,
            sql: "SELECT DISTINCT \(kind) FROM run_records AS r JOIN inputs AS i ON i.id = r.input"
        )
        return Set(codes.compactMap(RunKind.init(code:)))
    }

    func linkedRows(ofInput inputName: String, environment: String) throws -> Int {
        guard try database.hasColumn("linked", in: "run_records") else { return 0 }
        return try Int.fetchOne(
            database,
            sql: """
                SELECT r.linked FROM run_records AS r
                    JOIN inputs AS i ON i.id = r.input
                    JOIN environments AS e ON e.id = r.environment
                WHERE i.name = ? AND e.uuid = ? COLLATE NOCASE AND r.part = ? AND r.linked IS NOT NULL
                ORDER BY r.id DESC LIMIT 1
                """,
            arguments: [inputName, environment, InputPart.whole.code]
        ) ?? 0
    }
}

extension SQLiteLedger {
    package func kinds() throws(LedgerError) -> Set<RunKind> {
        try committer.transact { transaction, _ in try RunQueries(database: transaction.database).kinds() }
    }

    package func linkedRows(ofInput inputName: String, environment: String) throws(LedgerError) -> Int {
        try committer.transact { transaction, _ in
            try RunQueries(database: transaction.database).linkedRows(ofInput: inputName, environment: environment)
        }
    }
}

extension SQLiteLedgerReader {
    package func kinds() throws(LedgerError) -> Set<RunKind> {
        try read { try RunQueries(database: $0).kinds() }
    }

    package func linkedRows(ofInput inputName: String, environment: String) throws(LedgerError) -> Int {
        try read { try RunQueries(database: $0).linkedRows(ofInput: inputName, environment: environment) }
    }
}
