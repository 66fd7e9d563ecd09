package import FoundationEssentials
import Glibc
package import Ledger
import RawPaths

/// A ledger that is one file.
package struct SQLiteFile: LedgerLocation {
    package let path: String

    package init(_ path: String) {
        self.path = path
    }

    package var name: String { path }

    package var exists: Bool { unsafe access(path.pathBytes, F_OK) == 0 }

    package func open(now: @escaping @Sendable () -> Date) throws(LedgerError) -> any Ledger {
        try SQLiteLedger.open(at: path, now: now)
    }

    package func reader() throws(LedgerError) -> any LedgerReader {
        try SQLiteLedgerReader(path: path)
    }

    package func liveRunID() -> String? {
        SQLiteLedgerReader.liveRunID(inLedger: path)
    }
}
