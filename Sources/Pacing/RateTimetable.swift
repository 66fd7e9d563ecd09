import Glibc

/// The highest rate by the time of day, as rclone's timetable for its bandwidth: `08:00,20 18:30,100`. Each rate holds from
/// its time on until the next one, the last of a day also until the first of the next.
package struct RateTimetable: Equatable, Sendable {
    package struct Entry: Equatable, Sendable {
        /// Minutes since midnight.
        package var minute: Int
        /// Requests per second, above 0.
        package var rate: Double

        package init(minute: Int, rate: Double) {
            self.minute = minute
            self.rate = rate
        }
    }

    private let entries: [Entry]

    /// Nil if there is no entry, or two for one time.
    package init?(_ entries: [Entry]) {
        let sorted = entries.sorted { $0.minute < $1.minute }
        guard !sorted.isEmpty, zip(sorted, sorted.dropFirst()).allSatisfy({ $0.minute < $1.minute }) else { return nil }
        self.entries = sorted
    }

    /// The rate that holds so many minutes after midnight.
    package func rate(atMinute minute: Int) -> Double {
        (entries.last { $0.minute <= minute } ?? entries[entries.count - 1]).rate
    }

    /// All rates in it, from the lowest on.
    package var rates: [Double] {
        Set(entries.map(\.rate)).sorted()
    }

    var lowest: Double { rates[0] }

    /// What the local clock shows, in minutes since midnight.
    package static func minuteNow() -> Int {
        var moment = time(nil)
        var local = tm()
        localtime_r(&moment, &local)
        return Int(local.tm_hour) * 60 + Int(local.tm_min)
    }
}
