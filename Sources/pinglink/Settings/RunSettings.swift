import FoundationEssentials
import LinkImport
import Machine
import Pacing

/// How a run goes about its work, whatever that is: how fast, how long, and what is said meanwhile.
struct RunSettings {
    let rate: RateSetting
    /// Requests in flight, 1 to 250.
    let concurrency: Int
    /// `--max-duration` and `--until`.
    let deadlines: Deadlines
    let breaker: Breaker
    let progress: ProgressReport.Style

    init(_ settings: Settings) throws {
        rate = try RateSetting(settings)
        progress = try ProgressReport.Style(settings)
        let now = Int(Date().timeIntervalSince1970)
        deadlines = Deadlines(
            maxDuration: try settings.value(\.maxDuration),
            until: try settings.value(\.until).map { LocalClock().next($0, after: now) }
        )
        breaker = Breaker(try settings.value(\.maxFailures))
        concurrency = try settings.value(\.concurrency)
    }
}

extension RateSetting {
    /// `--rate` and `--max-rate`. A number for the one sets aside a bound that was given with less precedence, such as a flag
    /// the file's.
    init(_ settings: Settings) throws {
        let bounded = try settings.value(\.maxRate)
        let rate = try settings.value(\.rate)
        guard case .fixed = rate, bounded != nil else {
            self = bounded ?? rate
            return
        }
        let origin = settings.origin(of: \.rate)
        guard origin.precedence < settings.origin(of: \.maxRate).precedence else {
            throw settings.failure(
                for: \.maxRate,
                "bounds --rate auto; with a fixed rate (\(origin)) there is nothing to bound. Leave one out, or give "
                    + "--rate auto."
            )
        }
        self = rate
    }
}
