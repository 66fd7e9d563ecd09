import Ledger
import SQLiteLedger

/// Where a ledger is that the user names.
enum LedgerArgument {
    /// - Throws: a usage failure for a place in which this version keeps no ledger.
    static func location(_ text: String) throws -> any LedgerLocation {
        guard !["postgresql://", "postgres://"].contains(where: text.hasPrefix) else {
            // The address may have a password in it.
            throw CommandFailure.usage(
                "This version keeps no ledger in a database: name a file (--ledger PATH), on a disk that stays."
            )
        }
        return SQLiteFile(text)
    }
}
