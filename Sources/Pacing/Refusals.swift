/// What the refusals of a run say about the server that counts its requests.
///
/// A refusal after which the next request is refused as well says that a window is full: nothing gets through until it
/// is over, whatever the rate. How long that takes tells the window's length; what got through from the end of one such
/// drought to the end of the next, over the time between them, is the limit itself, but for what was slept through.
struct Refusals: Sendable, Codable {
    private struct Last: Codable {
        /// When the refused request was sent, and when its answer came.
        var sentAt: ContinuousClock.Instant
        var seen: ContinuousClock.Instant
    }

    private struct Resumption: Codable {
        var at: ContinuousClock.Instant
        /// What had got through by then.
        var sent: Int
    }

    private struct InFlight: Codable {
        var passed = 0
        var refused = 0
    }

    /// A pause that is longer than this is as good as a drought: the server says when its window ends.
    private static let longPause = Duration.seconds(1.5)
    /// The longest window that is reckoned with, in seconds: one of a minute, and how late its end may be noticed.
    private static let longestWindow = 62.0
    /// A window is so much longer than the drought at its end, where it was filled as fast as a run begins.
    private static let fillTime = 1.35

    private var last: Last?
    /// Requests that got through: since the last refusal, since the one that began the drought, and in all.
    private var since = 0
    private var inCycle = 0
    private var inAll = 0
    /// When the last refusal came that did not belong to a drought.
    private var cycleBegan: ContinuousClock.Instant?
    /// The end of the last drought; the beginning of the run if there was none.
    private var lastResumed: Resumption?
    /// The requests that got through before each of the last refusals.
    private var distances: [Int] = []
    /// Of the requests that were in flight behind the refused one, and itself.
    private var inFlight = InFlight()

    /// Nothing has got through since the last refusal but one.
    private(set) var isDry = false
    /// How long the server's window seems to be, in seconds; 0 as long as there is no sign of a long one.
    private(set) var window = 0.0
    /// What the last pause has cost: the time since the refusal before, less what its requests would have taken.
    private(set) var price = 0.0

    var areSeen: Bool { last != nil }
    /// A window of a second or less shows in no drought.
    var isWindowLong: Bool { window >= 2 }
    /// Whether there are usually at least eight requests to a refusal.
    var areRare: Bool { distances.count < 4 || distances.reduce(0, +) >= 32 }

    /// Of the requests behind the first refused one, the share that got through all the same: a bucket takes from those
    /// that come too fast only what is too much, a window takes them all. Nil if it was a few at most.
    var shareInFlight: Double? {
        let share = Double(inFlight.passed) / Double(inFlight.passed + inFlight.refused)
        return inFlight.passed >= 2 && share > 0.3 ? share : nil
    }

    mutating func turnTaken(at now: ContinuousClock.Instant) {
        cycleBegan = cycleBegan ?? now
        lastResumed = lastResumed ?? Resumption(at: now, sent: 0)
    }

    /// - Returns: whether it is the first of those that were sent after the last refusal.
    mutating func passed(sentAt: ContinuousClock.Instant) -> Bool {
        inCycle += 1
        inAll += 1
        guard let last, sentAt > last.sentAt else { return false }
        guard sentAt > last.seen else {
            inFlight.passed += 1
            return false
        }
        since += 1
        return since == 1
    }

    /// A refusal that belongs to the last one, as it was in flight with it.
    mutating func refusedToo() {
        inFlight.refused += 1
    }

    /// Notes a refusal; `rate` is the one in force.
    mutating func refused(sentAt: ContinuousClock.Instant, at now: ContinuousClock.Instant, rate: Double) {
        isDry = last != nil && since == 0
        last = Last(sentAt: sentAt, seen: now)
        distances = (distances + [since]).suffix(4)
        since = 0
        inFlight = InFlight(refused: 1)
        guard !isDry else { return }
        price = max(0, (cycleBegan?.seconds(to: now) ?? 0) - Double(inCycle) / rate)
        cycleBegan = now
        inCycle = 0
    }

    /// What a drought that has ended tells of the limit, nil if it was none: what got through over the time since the end
    /// of the one before, once as if the window had ended just now, and once just after the last refusal.
    mutating func resumed(at now: ContinuousClock.Instant) -> (throughput: ClosedRange<Double>, isNew: Bool)? {
        guard let cycleBegan, let last, let lastResumed else { return nil }
        let length = cycleBegan.duration(to: now)
        guard isDry || length > Self.longPause else { return nil }
        let whole = lastResumed.at.seconds(to: now)
        let refusedUntil = isDry ? last.sentAt : now
        let throughput = throughput(refusedUntil: refusedUntil, at: now)
        let isNew = length.inSeconds > 1.25 * window + 2
        window = min(
            Self.longestWindow,
            max(min(whole, cycleBegan.seconds(to: refusedUntil) * Self.fillTime), 0.8 * window)
        )
        isDry = false
        self.lastResumed = Resumption(at: now, sent: inAll)
        return length.inSeconds > 0.05 * whole ? (throughput, isNew) : nil
    }

    /// The same at the end of a long pause, before anything has been sent again; nil if it was a short one.
    func afterLongPause(at now: ContinuousClock.Instant) -> Double? {
        guard !isDry, since == 0, let last, last.seen.duration(to: now) > Self.longPause else { return nil }
        return throughput(refusedUntil: now, at: now).lowerBound
    }

    private func throughput(
        refusedUntil: ContinuousClock.Instant,
        at now: ContinuousClock.Instant
    ) -> ClosedRange<Double> {
        guard let lastResumed else { return 0...0 }
        let sent = Double(inAll - lastResumed.sent)
        let least = sent / lastResumed.at.seconds(to: now)
        return least...max(least, sent / max(1, lastResumed.at.seconds(to: refusedUntil)))
    }
}
