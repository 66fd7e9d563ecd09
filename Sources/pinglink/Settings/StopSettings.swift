import FoundationEssentials
import LinkImport
import Machine
import Pacing

/// When a run ends before its input does.
struct StopSettings {
    /// `--max-duration` and `--until`.
    let deadlines: Deadlines
    let breaker: Breaker

    init(_ settings: Settings) throws {
        let now = Int(Date().timeIntervalSince1970)
        deadlines = Deadlines(
            maxDuration: try settings.value(\.maxDuration),
            until: try settings.value(\.until).map { LocalClock().next($0, after: now) }
        )
        breaker = Breaker(try settings.value(\.maxFailures))
    }
}

extension RateSetting {
    /// `--rate` and `--max-rate`.
    init(_ settings: Settings) throws {
        let bounded = try settings.value(\.maxRate)
        let rate = try settings.value(\.rate)
        if case .fixed = rate, bounded != nil {
            throw settings.failure(for: \.maxRate, "bounds --rate auto; with --rate N there is nothing to bound.")
        }
        self = bounded ?? rate
    }
}
