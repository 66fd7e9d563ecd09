import FoundationEssentials

/// When something happens, on both clocks: one that only goes forward, and the one that people read.
struct Moment: Sendable {
    var instant: ContinuousClock.Instant
    var date: Date

    static var now: Moment { Moment(instant: .now, date: .now) }
}
