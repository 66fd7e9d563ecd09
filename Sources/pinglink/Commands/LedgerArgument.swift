import Ledger
import SQLiteLedger

/// Where a ledger is that the user names.
enum LedgerArgument {
    static func location(_ text: String) -> any LedgerLocation {
        SQLiteFile(text)
    }
}
