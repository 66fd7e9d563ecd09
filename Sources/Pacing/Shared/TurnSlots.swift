/// The instants at which requests may leave, evenly spaced: laid out one after the other, each is given to one process.
struct TurnSlots: Equatable, Sendable {
    /// The first that is not laid out yet. It never goes back.
    private(set) var next: ContinuousClock.Instant
    /// Laid out and nobody's, in order.
    private var free: [ContinuousClock.Instant] = []
    /// What was given.
    private(set) var given = TurnTicks()

    init(startingAt start: ContinuousClock.Instant) {
        next = start
    }

    mutating func layOut(spacing: Duration) {
        free.append(next)
        next += spacing
    }

    /// Nothing is laid out before this instant any more.
    mutating func goOn(at instant: ContinuousClock.Instant) {
        next = max(next, instant)
    }

    /// What was before this instant and nobody's is lost.
    mutating func forget(before instant: ContinuousClock.Instant) {
        free.removeAll { $0 < instant }
    }

    mutating func forgetAll() {
        free = []
    }

    /// Gives away up to so many turns out of a stretch of time, spread evenly over what is free in it.
    mutating func take(_ count: Int, from start: ContinuousClock.Instant, to end: ContinuousClock.Instant)
        -> [ContinuousClock.Instant]
    {
        let first = free.firstIndex { $0 >= start } ?? free.endIndex
        let there = (free[first...].firstIndex { $0 >= end } ?? free.endIndex) - first
        let count = min(count, there)
        guard count > 0 else { return [] }
        var turns: [ContinuousClock.Instant] = []
        var left = Array(free[..<first])
        for index in 0..<there {
            if turns.count < count, index == (2 * turns.count + 1) * there / (2 * count) {
                turns.append(free[first + index])
                given.note(free[first + index])
            } else {
                left.append(free[first + index])
            }
        }
        free = left + free[(first + there)...]
        return turns
    }
}

/// The free ones as microseconds, each since the one before it.
extension TurnSlots: Codable {
    private enum Key: String, CodingKey { case next, free, given }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        next = try container.decode(ContinuousClock.Instant.self, forKey: .next)
        given = try container.decode(TurnTicks.self, forKey: .given)
        var last: Int64 = 0
        for distance in try container.decode(PackedNumbers.self, forKey: .free).numbers {
            last += distance
            free.append(SharedClock.instant(microseconds: last))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var distances: [Int64] = []
        var last: Int64 = 0
        for slot in free {
            let microseconds = SharedClock.microseconds(slot)
            distances.append(microseconds - last)
            last = microseconds
        }
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(next, forKey: .next)
        try container.encode(PackedNumbers(distances), forKey: .free)
        try container.encode(given, forKey: .given)
    }
}
