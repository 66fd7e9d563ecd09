import Ledger
import LedgerTestKit

/// The text of `moment`.
let momentText = "2026-03-01T04:05:06.789Z"

extension Ledger {
    /// Waits until the settlement of a row that is new or may be sent again is durable.
    func settle(_ candidate: Candidate, as settlement: Settlement) throws {
        record(settlement, for: try ticket(candidate))
        try flush()
    }
}
