/// How many turns were given for each tick of the last three seconds: a history whose size does not depend on the rate.
struct TurnTicks: Equatable, Sendable, Codable {
    private static let tick: Int64 = 25_000

    /// By the number of the tick, modulo the number of cells.
    private var cells = [Int](repeating: 0, count: 128)
    private var latest: Int64 = 0

    mutating func note(_ turn: ContinuousClock.Instant) {
        let tick = SharedClock.microseconds(turn) / Self.tick
        if tick > latest {
            for passed in max(latest + 1, tick - Int64(cells.count) + 1)...tick { cells[cell(passed)] = 0 }
            latest = tick
        }
        if tick > latest - Int64(cells.count) { cells[cell(tick)] += 1 }
    }

    /// How many turns there were in the second before `instant`. Those at its ends count in proportion to their ticks.
    func countInSecond(before instant: ContinuousClock.Instant) -> Int {
        let end = SharedClock.microseconds(instant)
        let start = end - 1_000_000
        var count = 0.0
        for tick in start / Self.tick...end / Self.tick where tick <= latest && tick > latest - Int64(cells.count) {
            let inside = min(end, (tick + 1) * Self.tick) - max(start, tick * Self.tick)
            count += Double(cells[cell(tick)]) * Double(inside) / Double(Self.tick)
        }
        return Int(count.rounded())
    }

    private func cell(_ tick: Int64) -> Int { Int(tick % Int64(cells.count)) }
}
