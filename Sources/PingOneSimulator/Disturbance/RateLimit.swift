/// How requests are counted against the rate limit.
package enum Limiter: String, CaseIterable, Sendable {
    /// A token bucket: so many requests at once, so many more each second.
    case bucket
    /// Windows that begin at a multiple of their length, each with its own count.
    case fixed
    /// The last seconds before each request.
    case sliding
    /// The window that runs, and the one before it as far as it reaches into the last seconds.
    case weighted
}

/// Decides which requests are let through; what comes above the limit is refused, not delayed. A refused one costs nothing.
struct RateLimit: Equatable, Sendable {
    private let limiter: Limiter
    private let perSecond: Double
    private let burst: Double
    /// Seconds.
    private let window: Double
    private let began: ContinuousClock.Instant

    private var tokens: Double
    private var updated: ContinuousClock.Instant
    private var current = 0
    private var inCurrent = 0.0
    private var inPrevious = 0.0
    private var admitted: [ContinuousClock.Instant] = []
    private var head = 0

    /// A full bucket, or an empty window.
    ///
    /// - Parameters:
    ///   - limiter: how requests are counted.
    ///   - perSecond: how many requests a second are let through in the long run; above 0.
    ///   - burst: how many a bucket lets through at once; at least 1.
    ///   - window: the length of a window in seconds; above 0.
    ///   - now: a monotonic instant, as in all later calls.
    init(
        _ limiter: Limiter = .bucket,
        perSecond: Double,
        burst: Double,
        window: Double = 1,
        at now: ContinuousClock.Instant
    ) {
        precondition(
            perSecond > 0 && burst >= 1 && window > 0,
            "perSecond \(perSecond), burst \(burst), window \(window)"
        )
        self.limiter = limiter
        self.perSecond = perSecond
        self.burst = burst
        self.window = window
        began = now
        tokens = burst
        updated = now
    }

    /// Whether a request that comes now is let through.
    mutating func admits(at now: ContinuousClock.Instant) -> Bool {
        switch limiter {
        case .bucket: takesToken(at: now)
        case .fixed: counts(at: now, weightOfPrevious: 0)
        case .weighted: counts(at: now, weightOfPrevious: 1)
        case .sliding: countsBack(at: now)
        }
    }

    private mutating func takesToken(at now: ContinuousClock.Instant) -> Bool {
        tokens = min(burst, tokens + updated.duration(to: now) / .seconds(1) * perSecond)
        updated = now
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }

    private mutating func counts(at now: ContinuousClock.Instant, weightOfPrevious: Double) -> Bool {
        let position = began.duration(to: now) / .seconds(window)
        let index = Int(position)
        if index != current {
            inPrevious = index == current + 1 ? inCurrent : 0
            inCurrent = 0
            current = index
        }
        let left = Double(index + 1) - position
        guard inCurrent + weightOfPrevious * inPrevious * left < perSecond * window else { return false }
        inCurrent += 1
        return true
    }

    private mutating func countsBack(at now: ContinuousClock.Instant) -> Bool {
        while head < admitted.count, admitted[head] <= now - .seconds(window) {
            head += 1
        }
        if head > 1_024, head * 2 > admitted.count {
            admitted.removeFirst(head)
            head = 0
        }
        guard Double(admitted.count - head) < perSecond * window else { return false }
        admitted.append(now)
        return true
    }
}
