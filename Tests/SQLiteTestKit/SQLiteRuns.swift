import Ledger
import LedgerTestKit
package import SQLiteLedger

/// A ledger with a run that goes on. `input`: the whole name of its file; `source` in the folder `/data` without one.
package func openRun(
    _ path: String,
    id: String = "run-1",
    source: String = "users.csv",
    input: String? = nil
) throws -> SQLiteLedger {
    let ledger = try SQLiteLedger.open(at: path, now: { moment })
    try ledger.beginRun(RunStart(id: id, source: source, inputName: input ?? "/data/\(source)"))
    return ledger
}
