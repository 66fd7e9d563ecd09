/// When the turns of the last few seconds were given: in order, cheap to append to and to count.
struct TurnHistory: Sendable {
    /// Long enough to find the second before a request whose refusal took two seconds to come back.
    private static let kept: Duration = .seconds(3)

    private var turns: [ContinuousClock.Instant] = []
    /// Turns before this index are forgotten; they are dropped in bulk, which keeps appending O(1) on average.
    private var head = 0

    mutating func append(_ instant: ContinuousClock.Instant) {
        turns.append(instant)
        let horizon = instant - Self.kept
        while turns[head] < horizon {
            head += 1
        }
        if head > 1_024, head * 4 > turns.count {
            turns.removeFirst(head)
            head = 0
        }
    }

    /// The turn given `count` turns ago (1 is the latest), nil if it is forgotten or there were fewer.
    func turn(ago count: Int) -> ContinuousClock.Instant? {
        let index = turns.count - count
        return index >= head ? turns[index] : nil
    }

    /// How many turns were given in the second before `instant`; a turn at `instant` itself is not counted.
    func countInSecond(before instant: ContinuousClock.Instant) -> Int {
        firstIndex(notBefore: instant) - firstIndex(notBefore: instant - .seconds(1))
    }

    private func firstIndex(notBefore instant: ContinuousClock.Instant) -> Int {
        var low = head
        var high = turns.count
        while low < high {
            let middle = (low + high) / 2
            if turns[middle] < instant {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}
