/// What the user asked for, in requests per second.
package enum RateSetting: Equatable, Sendable {
    /// Find what PingOne permits and stay just below it, in no case above `max` (`--rate auto`, `--max-rate`).
    case auto(max: Double?)
    /// The same, in no case above what the timetable says for the time of day (`--max-rate 'HH:MM,N …'`).
    case scheduled(RateTimetable)
    /// Never above this rate, and below it while PingOne refuses (`--rate N`).
    case fixed(Double)

    package var timetable: RateTimetable? {
        if case .scheduled(let timetable) = self { timetable } else { nil }
    }

    /// Where the run begins. Source of the 10: the smallest limit per second that PingOne publishes, that of its audit
    /// calls (https://developer.pingidentity.com/pingone-api/platform/rate-limiting/base-rate-limits.html).
    var start: Double {
        switch self {
        case .auto(let max): Swift.min(10, max ?? 10)
        case .scheduled(let timetable): Swift.min(10, timetable.lowest)
        case .fixed(let rate): rate
        }
    }

    /// The rate that is never exceeded; infinite for an unbounded search. Of a timetable, the lowest: until it is known what
    /// time it is.
    var maximum: Double {
        switch self {
        case .auto(let max): max ?? .infinity
        case .scheduled(let timetable): timetable.lowest
        case .fixed(let rate): rate
        }
    }
}

/// What keeps the run from being faster, in the words of the progress line.
package enum RateLimitedBy: String, Equatable, Sendable, Codable, CustomStringConvertible {
    /// `--rate N` is in force.
    case rateFlag = "--rate"
    /// `--max-rate N` is in force.
    case maxRate = "--max-rate"
    /// PingOne has refused a higher rate.
    case pingOne = "PingOne (429)"
    /// Answers take longer without becoming more: the server is saturated.
    case latency = "latency"
    /// The turns that were offered have not all been taken: too few workers, or rows come too slowly.
    case client = "--concurrency"
    /// The place of the pace that is shared with others cannot be reached, and nothing is sent without it.
    case ledger = "the ledger"
    /// Nothing yet, the rate is still growing.
    case growth = "still growing"

    package var description: String { rawValue }
}
