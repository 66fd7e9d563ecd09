package import FoundationEssentials
import Glibc
package import Ledger
import RawPaths

/// A ledger that is one file.
package struct SQLiteFile: LedgerLocation {
    package let name: String

    /// `name`: its path.
    package init(_ name: String) {
        self.name = name
    }

    package var path: String? { name }

    package var exists: Bool { unsafe access(name.pathBytes, F_OK) == 0 }

    package func open(now: @escaping @Sendable () -> Date) throws(LedgerError) -> any Ledger {
        try SQLiteLedger.open(at: name, now: now)
    }

    package func reader() throws(LedgerError) -> any LedgerReader {
        try SQLiteLedgerReader(path: name)
    }

    package func liveRuns() -> [LiveRun] {
        SQLiteLedgerReader.liveRunID(inLedger: name).map { [LiveRun(runID: $0)] } ?? []
    }
}
