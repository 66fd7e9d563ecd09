import GRDB
package import Ledger

extension RunKind {
    fileprivate static func all(in database: Database) throws -> Set<RunKind> {
        // A ledger of an older format has no kinds; its undoing runs have an input of this name, which no file's is.
        let kind = try database.hasColumn("kind", in: "run_records") ? "r.kind" : "1 + (i.name = 'undo')"
        let codes = try Int.fetchAll(
            database,
            sql: "SELECT DISTINCT \(kind) FROM run_records AS r JOIN inputs AS i ON i.id = r.input"
        )
        return Set(codes.compactMap(RunKind.init(code:)))
    }
}

extension SQLiteLedger {
    package func kinds() throws(LedgerError) -> Set<RunKind> {
        try committer.transact { transaction, _ in try RunKind.all(in: transaction.database) }
    }
}

extension SQLiteLedgerReader {
    package func kinds() throws(LedgerError) -> Set<RunKind> {
        try read(RunKind.all)
    }
}
