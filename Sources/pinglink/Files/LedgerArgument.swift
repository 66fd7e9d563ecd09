import PostgresLedger

/// What the user names a ledger by: a file, or a schema of a database.
enum LedgerArgument {
    static func isDatabase(_ text: String) -> Bool {
        PostgresAddress.schemes.contains { text.hasPrefix($0) }
    }

    /// What the files beside a ledger begin with: the ledger's own path, or for one in a database its schema's name, in the
    /// current folder.
    static func stem(_ text: String, schema: String) -> String {
        isDatabase(text) ? schema : text
    }
}
