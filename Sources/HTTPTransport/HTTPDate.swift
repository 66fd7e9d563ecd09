/// A moment as HTTP headers name it: whole seconds, UTC.
package struct HTTPDate: Sendable, Equatable {
    /// Seconds since 1970-01-01 00:00:00 UTC, leap seconds not counted; negative before.
    package var secondsSince1970: Int64

    package init(secondsSince1970: Int64) {
        self.secondsSince1970 = secondsSince1970
    }

    /// Reads the three forms that RFC 9110, section 5.6.7, obliges a recipient to accept.
    ///
    /// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`. The name of the
    /// day is not checked, letters are compared without regard to case, and `UTC` or `+0000` stand for `GMT`. Two digits of
    /// a year below 70 mean 20xx.
    ///
    /// libcurl's `curl_getdate` reads these forms too, but also `-20301106`, 31 February, a date without a time, any text
    /// behind one and years beyond 9999, so that nonsense would become a long pause; and what it accepts changes from
    /// version to version (7.88 takes the year 70 for 2070).
    ///
    /// - Parameter text: a header's value; spaces around it do not matter.
    package init?(_ text: String) {
        var words = text.split { $0 == " " || $0 == "\t" || $0 == "," || $0 == "-" }.map { $0.lowercased() }
        guard (5...6).contains(words.count) else { return nil }
        words.removeFirst()  // the day's name

        let isAsctime = Self.months[words[0]] != nil
        let day = isAsctime ? words[1] : words[0]
        let month = isAsctime ? words[0] : words[1]
        let year = isAsctime ? words[3] : words[2]
        let time = isAsctime ? words[2] : words[3]
        if isAsctime {
            guard words.count == 4 else { return nil }
        } else {
            guard words.count == 5, ["gmt", "utc", "+0000"].contains(words[4]) else { return nil }
        }

        guard
            let month = Self.months[month],
            let day = Self.number(day, digits: 1...2),
            let year = Self.number(year, digits: 2...4).map({ $0 < 70 ? $0 + 2_000 : $0 < 100 ? $0 + 1_900 : $0 }),
            let seconds = Self.secondsOfDay(time),
            (1...Self.daysInMonth(month, year: year)).contains(day)
        else { return nil }
        secondsSince1970 = Self.daysSince1970(year: year, month: month, day: day) * 86_400 + seconds
    }

    private static let months: [String: Int64] = [
        "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
        "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
    ]

    private static func number(_ text: String, digits: ClosedRange<Int>) -> Int64? {
        guard digits.contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(text)
    }

    /// `08:49:37`; a leap second (`:60`) counts as the next second.
    private static func secondsOfDay(_ text: String) -> Int64? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard
            parts.count == 3,
            let hour = number(String(parts[0]), digits: 2...2), hour < 24,
            let minute = number(String(parts[1]), digits: 2...2), minute < 60,
            let second = number(String(parts[2]), digits: 2...2), second <= 60
        else { return nil }
        return hour * 3_600 + minute * 60 + second
    }

    private static func daysInMonth(_ month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days from 1970-01-01 in the Gregorian calendar, counted with years that begin in March.
    ///
    /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`, for years from 0 on.
    private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
