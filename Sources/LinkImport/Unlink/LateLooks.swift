import Locking
import Pacing

/// Rows whose links were not seen, until they are looked at once more: PingOne is eventually consistent, so that a list
/// may not show a link that was made a moment ago.
///
/// Any thread may add to it.
final class LateLooks: Sendable {
    /// How late a list is expected to be at most: PingOne gives no figure.
    static let lateness = Duration.seconds(5)

    private struct Entry {
        var job: LinkJob
        var due: ContinuousClock.Instant
    }

    /// In the order in which they are due.
    private let entries = HotMutex<[Entry]>([])

    func add(_ job: LinkJob, seenAt: ContinuousClock.Instant) {
        entries.withLock { $0.append(Entry(job: job, due: seenAt + Self.lateness)) }
    }

    /// Takes those that have waited for long enough.
    func takeDue(at now: ContinuousClock.Instant) -> [LinkJob] {
        entries.withLock { entries in
            let due = entries.prefix { $0.due <= now }
            entries.removeFirst(due.count)
            return due.map(\.job)
        }
    }

    /// When the next one is due; nil where there is none.
    var nextDue: ContinuousClock.Instant? { entries.withLock { $0.first?.due } }
}
