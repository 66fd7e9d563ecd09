import GRDB
package import Ledger

extension SQLiteLedgerReader {
    package func inputNames() throws(LedgerError) -> [String] {
        try read { try String.fetchAll($0, sql: "SELECT name FROM inputs ORDER BY id") }
    }

    /// - Complexity: reads the rows that are not linked; the others only where there are several inputs or environments, or
    ///   where a run was killed or goes on.
    package func inputs() throws(LedgerError) -> (records: [InputRecord], gone: Set<Ticket>) {
        try read { database in
            var tally = try InputTally(database)
            try tally.addOpenRows(database)
            try tally.addLinkedRows(database)
            try tally.addInvalidRows(database)
            let records = tally.records
            let begun = Set(records.filter { !$0.counts.isEmpty || !$0.gone.isEmpty }.map(\.environmentID))
            return (begun.isEmpty ? records : records.filter { begun.contains($0.environmentID) }, tally.gone)
        }
    }
}
