import Glibc

/// A time in which the database does not do what it is asked for.
struct Outage: Sendable {
    /// So long nobody needs to know of it.
    private static let moment = Duration.seconds(1)
    private static let longestPause: UInt32 = 1_000_000  // microseconds

    var isTold = false
    /// How long it has lasted: since the first error, or since the silence began that was the first error.
    private(set) var lasted = Duration.zero
    private var since: Duration?
    private var nextPause: UInt32 = 50_000

    /// Whether the user is told.
    var isNoticeable: Bool { lasted > Self.moment }

    /// Whether it has lasted for longer than the user is patient. One error is not enough: the connection may be all that was
    /// lost, which only another one shows.
    mutating func isOver(after error: PostgresError, patience: Duration) -> Bool {
        let now = BootClock.now
        let begun = since ?? now - error.silence
        defer { since = begun }
        lasted = now - begun
        return since != nil && lasted >= patience
    }

    /// On the ledger's own queue, which has nothing else to do: a database that is away tells nobody when it is back.
    mutating func pause() {
        usleep(nextPause)
        nextPause = min(2 * nextPause, Self.longestPause)
    }
}
