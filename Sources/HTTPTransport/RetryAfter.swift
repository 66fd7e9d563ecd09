/// What a `Retry-After` header says: when it makes sense to come again.
///
/// Source: RFC 9110, section 10.2.3.
package enum RetryAfter: Sendable, Equatable {
    /// A delay, counted from the reply; zero or more.
    case after(Duration)
    /// A moment on the server's clock.
    case at(HTTPDate)

    /// Longer delays are cut to this, about 68 years: any caller gives up long before, and sums cannot overflow.
    package static let longestDelay = Duration.seconds(Int64(Int32.max))

    /// Reads a header's value: a number of seconds, or one of the three forms of a date.
    ///
    /// Fractions of a second, which some servers send, are read too. Anything else, a negative number included, is `nil`.
    package init?(headerValue: String) {
        let value = headerValue.trimmingSpaces()
        if let delay = Self.delay(value) {
            self = .after(delay)
        } else if let date = HTTPDate(String(value)) {
            self = .at(date)
        } else {
            return nil
        }
    }

    /// The wait from the moment of the reply.
    ///
    /// - Parameter now: when the reply was made, best on the server's own clock, from its `Date` header.
    /// - Returns: zero or more; zero for a date in the past.
    package func delay(from now: HTTPDate) -> Duration {
        switch self {
        case .after(let delay): delay
        case .at(let date):
            min(max(.zero, .seconds(date.secondsSince1970 - now.secondsSince1970)), Self.longestDelay)
        }
    }

    private static func delay(_ value: Substring) -> Duration? {
        let parts = value.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty, parts.allSatisfy({ !$0.isEmpty && $0.isDecimalDigits }) else {
            return nil
        }
        guard let seconds = Int64(whole), .seconds(seconds) < longestDelay else { return longestDelay }
        let milliseconds = parts.count == 2 ? Int64((parts[1] + "00").prefix(3)) ?? 0 : 0
        return .seconds(seconds) + .milliseconds(milliseconds)
    }
}

extension StringProtocol {
    /// Without the spaces and tabs that HTTP allows around a field's value.
    func trimmingSpaces() -> SubSequence {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let start = drop(while: isSpace)
        guard let last = start.lastIndex(where: { !isSpace($0) }) else { return start.prefix(0) }
        return start[...last]
    }

    var isDecimalDigits: Bool { utf8.allSatisfy { (0x30...0x39).contains($0) } }
}
