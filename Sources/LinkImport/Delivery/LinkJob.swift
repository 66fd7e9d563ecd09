import Ledger
import LinkRows

/// A row with a durable intent, on its way from the reader to a worker.
struct LinkJob: Sendable {
    var row: LinkRow
    /// The id of the row's user.
    var userID: String
    var ticket: Ticket
    /// What the ledger knew before.
    var known: KnownLink?
    /// Whether this process may have sent it before it lost the row: a ledger that has forgotten the row, after a failover to
    /// a standby that lacked the last commits, does not know of that.
    var wasLost = false
    /// Whether it is the first row, which was sent alone.
    var isCanary = false
}
