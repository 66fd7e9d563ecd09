/// What a rate means for the time between turns. Kept rather than worked out for each turn: all requests of a run wait for
/// each other while that is done.
struct TurnSpacing: Sendable {
    /// So many turns take at least that long.
    struct Window: Equatable, Sendable {
        var turns: Int
        var length: Duration
    }

    /// Requests per second, above zero; may be infinite.
    let rate: Double
    /// From one turn to the next, on average.
    let usual: Duration
    /// From one turn to the next at least, while late turns are made up for.
    let least: Duration
    /// Nil at an infinite rate.
    let window: Window?

    init(rate: Double) {
        self.rate = rate
        usual = .seconds(1 / rate)
        least = .seconds(0.5 / rate)
        let turns = max(1, rate.rounded(.down))
        window = rate.isFinite ? Window(turns: Int(turns), length: .seconds(turns / rate)) : nil
    }
}
