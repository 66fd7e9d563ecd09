import Dispatch
import Ledger

/// A row with a durable intent, on its way from the reader to a worker.
struct LinkJob: Sendable {
    var row: LinkRow
    /// The id of the row's user.
    var userID: String
    var ticket: Ticket
    /// What the ledger knew before.
    var known: KnownLink?
    /// Signalled when the row has its end; the reader waits for it.
    var canary: DispatchSemaphore?
}
