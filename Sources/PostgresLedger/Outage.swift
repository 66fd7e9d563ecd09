import Glibc

/// A time in which the database does not do what it is asked for.
struct Outage: Sendable {
    /// So long nobody needs to know of it.
    static let moment = Duration.seconds(1)
    private static let longestPause: UInt32 = 1_000_000  // microseconds

    var isTold = false
    private var since: Duration?
    private var nextPause: UInt32 = 50_000

    /// How long it has lasted: since the first error, or since the silence began that was the first error.
    mutating func lasted(after error: PostgresError) -> Duration {
        let now = BootClock.now
        let begun = since ?? now - error.silence
        since = begun
        return now - begun
    }

    /// On the ledger's own queue, which has nothing else to do: a database that is away tells nobody when it is back.
    mutating func pause() {
        usleep(nextPause)
        nextPause = min(2 * nextPause, Self.longestPause)
    }
}
