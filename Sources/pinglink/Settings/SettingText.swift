import Pacing
import PingOneAPI

/// How people write numbers, times and lists in flags and files.
enum SettingText {
    /// `90`, `90s`, `30m`, `2h`, `1h30m`; above zero, a year at most.
    static func duration(_ text: String) -> Duration? {
        if let seconds = Double(text) { return bounded(seconds) }
        var total = 0.0
        var number = ""
        var isFirst = true
        for character in text {
            if character.isASCII, character.isNumber || character == "." {
                number.append(character)
                continue
            }
            guard let value = Double(number), let unit = ["d": 86_400.0, "h": 3600, "m": 60, "s": 1][character] else {
                return nil
            }
            total += value * unit
            number = ""
            isFirst = false
        }
        return number.isEmpty && !isFirst ? bounded(total) : nil
    }

    private static func bounded(_ seconds: Double) -> Duration? {
        seconds > 0 && seconds <= 366 * 86_400 ? .seconds(seconds) : nil
    }

    /// Requests per second, from one in a quarter of an hour to more than any server takes.
    static func rate(_ text: String) -> Double? {
        Double(text).flatMap { (0.001...100_000).contains($0) ? $0 : nil }
    }

    /// The search for the rate, bounded by a number or by a timetable of `HH:MM,N`, separated by spaces.
    static func maxRate(_ text: String) -> RateSetting? {
        if let rate = rate(text) { return .auto(max: rate) }
        var entries: [RateTimetable.Entry] = []
        for part in text.split(separator: " ") {
            let halves = part.split(separator: ",", omittingEmptySubsequences: false)
            guard halves.count == 2, let minute = minuteOfDay(String(halves[0])), let rate = rate(String(halves[1]))
            else { return nil }
            entries.append(RateTimetable.Entry(minute: minute, rate: rate))
        }
        return RateTimetable(entries).map { .scheduled($0) }
    }

    /// As it was written.
    static func uuid(_ text: String) -> String? { UUIDText(text) == nil ? nil : text }

    static func count(_ range: ClosedRange<Int>) -> @Sendable (String) -> Int? {
        { text in Int(text).flatMap { range.contains($0) ? $0 : nil } }
    }

    /// `05:30`, in minutes since midnight.
    static func minuteOfDay(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ (1...2).contains($0.count) }), let hour = Int(parts[0]),
            let minute = Int(parts[1]), (0...23).contains(hour), (0...59).contains(minute)
        else { return nil }
        return hour * 60 + minute
    }
}
