import PostgresLedger

/// What the user names a ledger by: a file, or a schema of a database.
enum LedgerArgument {
    static func isDatabase(_ text: String) -> Bool {
        PostgresAddress.schemes.contains { text.hasPrefix($0) }
    }

    /// Whether it is no path, but an address that is written otherwise than libpq has it: there may be a password in it.
    static func isNoPath(_ text: String) -> Bool {
        !isDatabase(text)
            && (text.contains("://") || text.contains("password=")
                || text.lowercased().hasPrefix("postgres") && text.contains(":/"))
    }

    /// What the files beside a ledger begin with: the ledger's own path, or for one in a database its schema's name, in the
    /// current folder.
    static func stem(_ text: String, schema: String) -> String {
        isDatabase(text) ? schema : text
    }
}
