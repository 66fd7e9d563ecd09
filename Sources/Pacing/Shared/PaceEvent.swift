/// What one process saw, for all who share the pace.
struct PaceEvent: Equatable, Sendable {
    enum What: Equatable, Sendable {
        /// A request left.
        case turn
        /// It ended.
        case answer(PacedAnswer)
    }

    var what: What
    var at: ContinuousClock.Instant
    /// When the request left.
    var sentAt: ContinuousClock.Instant
    /// Of how many pauses its process knew when it left.
    var pauses: Int

    /// The same by a clock that is ahead by `offset`, to the microsecond: that is what is written down.
    func moved(by offset: Duration) -> PaceEvent {
        func moved(_ instant: ContinuousClock.Instant) -> ContinuousClock.Instant {
            SharedClock.instant(microseconds: SharedClock.microseconds(instant + offset))
        }
        return PaceEvent(what: what, at: moved(at), sentAt: moved(sentAt), pauses: pauses)
    }
}

/// Events of several processes until they are complete, as some tell later than others what happened earlier.
struct PaceEvents: Equatable, Sendable {
    private var waiting: [PaceEvent] = []

    init() {}

    mutating func append(_ event: PaceEvent) {
        waiting.append(event)
    }

    /// Takes out what happened until then, in order.
    mutating func removeAll(until instant: ContinuousClock.Instant) -> [PaceEvent] {
        let complete = waiting.filter { $0.at <= instant }
        waiting.removeAll { $0.at <= instant }
        return complete.sorted { $0.at < $1.at }
    }
}

/// As numbers, for there are many of them: of each event what it was, the microseconds since the one before it, its
/// request's age, a latency or Retry-After, and the pauses.
extension PaceEvents: Codable {
    private static let fields = 5

    init(from decoder: any Decoder) throws {
        let numbers = try PackedNumbers(from: decoder).numbers
        var at: Int64 = 0
        for start in stride(from: 0, to: numbers.count - Self.fields + 1, by: Self.fields) {
            at += numbers[start + 1]
            waiting.append(
                PaceEvent(
                    what: .init(code: numbers[start], length: .microseconds(numbers[start + 3])),
                    at: SharedClock.instant(microseconds: at),
                    sentAt: SharedClock.instant(microseconds: at - numbers[start + 2]),
                    pauses: Int(numbers[start + 4])
                )
            )
        }
    }

    func encode(to encoder: any Encoder) throws {
        var numbers: [Int64] = []
        var last: Int64 = 0
        for event in waiting {
            let at = SharedClock.microseconds(event.at)
            let (code, length) = event.what.code
            let age = at - SharedClock.microseconds(event.sentAt)
            numbers += [code, at - last, age, length.wholeMicroseconds, Int64(event.pauses)]
            last = at
        }
        try PackedNumbers(numbers).encode(to: encoder)
    }
}

extension PaceEvent.What {
    fileprivate init(code: Int64, length: Duration) {
        self =
            switch code {
            case 1: .answer(.answered(latency: length))
            case 2: .answer(.unanswered)
            case 3: .answer(.throttled(retryAfter: length))
            case 4: .answer(.throttled(retryAfter: nil))
            default: .turn
            }
    }

    fileprivate var code: (code: Int64, length: Duration) {
        switch self {
        case .turn: (0, .zero)
        case .answer(.answered(let latency)): (1, latency)
        case .answer(.unanswered): (2, .zero)
        case .answer(.throttled(.some(let retryAfter))): (3, retryAfter)
        case .answer(.throttled(.none)): (4, .zero)
        }
    }
}
