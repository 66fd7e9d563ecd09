/// Stops a run in which too many rows fail, before the rest is burnt on the same mistake.
///
/// Rows that PingOne rejected and rows whose attempts are used up count as failed; rows that never were fit to send
/// are not recorded at all. A share is taken over the last 200 rows, once 20 have been recorded; a number counts
/// failures since the beginning of the run.
package struct Breaker: Sendable {
    /// How much may fail (`--max-failures`).
    package enum Limit: Equatable, Sendable {
        /// Trips when this many rows have failed, at least 1.
        case count(Int)
        /// Trips when this share of the last rows has failed, above 0 and up to 100.
        case percent(Double)

        /// What holds when nothing is said: half of the last rows.
        package static let standard = Limit.percent(50)

        /// Reads `100` or `2.5%`; nil for anything else, also for 0, with which no run could go on.
        package init?(argument: String) {
            if argument.hasSuffix("%") {
                guard let percent = Double(argument.dropLast()), percent > 0, percent <= 100 else { return nil }
                self = .percent(percent)
            } else {
                guard let count = Int(argument), count > 0 else { return nil }
                self = .count(count)
            }
        }
    }

    /// What the breaker saw when it tripped.
    package struct Trip: Equatable, Sendable, CustomStringConvertible {
        /// The failed rows among `rows`.
        package var failed: Int
        /// The rows looked at: the last ones for a share, all of the run for a number.
        package var rows: Int
        /// The commonest cause, and how many of the failed rows had it.
        package var cause: String
        /// How many of the failed rows had `cause`.
        package var withCause: Int

        package init(failed: Int, rows: Int, cause: String, withCause: Int) {
            self.failed = failed
            self.rows = rows
            self.cause = cause
            self.withCause = withCause
        }

        package var description: String {
            guard failed > 1 else {
                let row = rows == 1 ? "the last row sent" : "1 of the last \(rows) rows sent"
                return "\(row) has failed, with \(cause)"
            }
            let share = (100 * Double(withCause) / Double(failed)).rounded()
            return "\(failed) of the last \(rows) rows sent have failed, \(Int(share)) % of them with \(cause)"
        }
    }

    private static let window = 200
    private static let minimum = 20

    private let limit: Limit
    private var rows = 0
    private var failed = 0
    private var causes: [String: Int] = [:]
    /// The causes of the last rows, nil for a row that is well; only kept for a share. Written round and round.
    private var recent: [String?] = []
    private var hasTripped = false

    package init(_ limit: Limit = .standard) {
        self.limit = limit
    }

    /// Notes the end of a row that was sent.
    ///
    /// - Parameter cause: why it failed, in a few words without values of the row; nil if it is well.
    /// - Returns: a value when the limit has been reached, only once: rows that end afterwards do not trip it again.
    package mutating func record(failed cause: String?) -> Trip? {
        let index = rows % Self.window
        rows += 1
        switch limit {
        case .count:
            count(cause, by: 1)
        case .percent where recent.count < Self.window:
            recent.append(cause)
            count(cause, by: 1)
        case .percent:
            count(recent[index], by: -1)
            recent[index] = cause
            count(cause, by: 1)
        }
        guard !hasTripped, isReached, let dominating = dominatingCause else { return nil }
        hasTripped = true
        return Trip(failed: failed, rows: looked, cause: dominating.key, withCause: dominating.value)
    }

    private var looked: Int {
        if case .percent = limit { recent.count } else { rows }
    }

    private var isReached: Bool {
        switch limit {
        case .count(let most): failed >= most
        case .percent(let most): recent.count >= Self.minimum && Double(failed) * 100 >= most * Double(recent.count)
        }
    }

    /// Among causes of the same number the first by name, so that a message does not depend on chance.
    private var dominatingCause: (key: String, value: Int)? {
        causes.filter { $0.value > 0 }.max { ($0.value, $1.key) < ($1.value, $0.key) }
    }

    private mutating func count(_ cause: String?, by change: Int) {
        guard let cause else { return }
        failed += change
        causes[cause, default: 0] += change
    }
}
