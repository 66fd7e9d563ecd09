/// How many requests got through in each of the last two minutes' seconds, and what that proves.
///
/// Whatever way a server counts, in any stretch of time it lets through what its limit permits and at most one burst
/// more. So the limit is at least what got through, less a burst, over the length of the stretch: a refusal at a lower
/// rate says that a window is full, or that requests came unevenly, but not that the rate is too high.
struct LetThrough: Sendable, Codable {
    /// The stretches that are looked at, in seconds. A second's worth of requests counts as burst.
    private static let stretches = [6, 8, 12, 16, 24, 32, 48, 64, 96, 128]

    /// When the first request got through: seconds are counted from there.
    private var origin: ContinuousClock.Instant?
    /// Requests by the second, modulo the number of cells.
    private var cells = [Int](repeating: 0, count: 129)
    private var latest = 0

    mutating func note(at now: ContinuousClock.Instant) {
        advance(to: now)
        cells[latest % cells.count] += 1
    }

    /// The rate that is certainly permitted, as far as the last two minutes tell; 0 in the first seconds.
    mutating func provenRate(at now: ContinuousClock.Instant) -> Double {
        guard origin != nil else { return 0 }
        advance(to: now)
        var best = 0.0
        var sum = 0
        for seconds in 1...min(max(latest, 1), cells.count - 1) where seconds <= latest {
            sum += cells[(latest - seconds) % cells.count]
            guard Self.stretches.contains(seconds) || seconds == latest && seconds >= Self.stretches[0] else {
                continue
            }
            best = max(best, Double(sum) / Double(seconds) * (1 - 1 / Double(seconds)))
        }
        return best
    }

    /// The rate that got through, bursts included: in all of the last two minutes, or the proven one if that is higher.
    mutating func bestRate(at now: ContinuousClock.Instant) -> Double {
        max(provenRate(at: now), rate(over: Double(cells.count - 1), at: now))
    }

    /// Requests per second over the last so many seconds.
    mutating func rate(over length: Double, at now: ContinuousClock.Instant) -> Double {
        advance(to: now)
        guard let origin else { return 0 }
        let seconds = min(max(1, Int(length.rounded())), cells.count - 1, latest + 1)
        let sum = (latest - seconds + 1...latest).reduce(0) { $0 + cells[$1 % cells.count] }
        return Double(sum) / (Double(seconds) - 1 + origin.seconds(to: now) - Double(latest))
    }

    mutating func forget() {
        self = LetThrough()
    }

    private mutating func advance(to now: ContinuousClock.Instant) {
        let origin = origin ?? now
        self.origin = origin
        let second = Int(origin.seconds(to: now))
        guard second > latest else { return }
        for passed in max(latest + 1, second - cells.count + 1)...second { cells[passed % cells.count] = 0 }
        latest = second
    }
}
