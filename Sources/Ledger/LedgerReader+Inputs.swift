import GRDB

extension LedgerReader {
    /// Where the inputs of this ledger's runs were: their absolute paths, without `.gz`, and `-` for standard input.
    package func inputNames() throws(LedgerError) -> [String] {
        try read { try String.fetchAll($0, sql: "SELECT name FROM inputs ORDER BY id") }
    }
}
