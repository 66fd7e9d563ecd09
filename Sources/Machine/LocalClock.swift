import Glibc

/// The local time of this machine, as `TZ` or `/etc/localtime` has it.
package struct LocalClock: Sendable {
    /// Minutes since midnight that the clock shows at a moment, in seconds since 1970.
    private let minuteOfDay: @Sendable (Int) -> Int

    package init() {
        self.init { moment in
            let local = unsafe Self.local(moment)
            return unsafe Int(local.tm_hour) * 60 + Int(local.tm_min)
        }
    }

    init(minuteOfDay: @escaping @Sendable (Int) -> Int) {
        self.minuteOfDay = minuteOfDay
    }

    /// The next moment at which the clock shows this time; on a day on which it jumps over it, the moment of the jump.
    ///
    /// - Parameters:
    ///   - minute: since midnight, 0 to 1439.
    ///   - now: in seconds since 1970.
    /// - Returns: in seconds since 1970.
    package func next(_ minute: Int, after now: Int) -> Int {
        precondition((0..<Self.day).contains(minute), "minute \(minute) of a day")
        var moment = now - now % 60
        var before = minuteOfDay(moment)
        while true {
            moment += 60
            let shown = minuteOfDay(moment)
            let step = (shown - before + Self.day) % Self.day
            // More than half a day forward is a step back: a clock is set back by an hour, not forward by 23.
            let isForward = step < Self.day / 2
            let distance = (minute - before + Self.day) % Self.day
            if shown == minute || (isForward && distance > 0 && distance < step) { return moment }
            before = shown
        }
    }

    private static let day = 1440

    /// Date, time and zone, such as `2026-03-29 05:30 +0200 (CEST)`. `moment`: in seconds since 1970.
    package static func text(_ moment: Int) -> String {
        var local = unsafe local(moment)
        var buffer = [CChar](repeating: 0, count: 100)
        let count = unsafe strftime(&buffer, buffer.count, "%Y-%m-%d %H:%M %z (%Z)", &local)
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func local(_ moment: Int) -> tm {
        var moment = time_t(moment)
        var local = unsafe tm()
        _ = unsafe localtime_r(&moment, &local)
        return unsafe local
    }

    /// Looks for the time zone that `TZ` names: without it local time is UTC, and nobody says so.
    ///
    /// - Parameters:
    ///   - zone: the value of `TZ`.
    ///   - folder: where the zones are.
    /// - Returns: the zone's name if this machine does not have it.
    package static func missingZone(_ zone: String?, in folder: String = zoneFolder) -> String? {
        guard let zone else { return nil }
        let name = zone.hasPrefix(":") ? String(zone.dropFirst()) : zone
        guard !name.isEmpty, !sameAsUTC.contains(name), name.wholeMatch(of: ruleOfPOSIX) == nil else { return nil }
        let path = name.hasPrefix("/") ? name : "\(folder)/\(name)"
        return unsafe access(path, R_OK) == 0 ? nil : name
    }

    /// Where the zones are, unless `TZDIR` says otherwise.
    package static let zoneFolder = "/usr/share/zoneinfo"

    private static let sameAsUTC: Set = ["UTC", "GMT", "Etc/UTC", "Etc/GMT", "UCT", "Zulu", "Universal"]

    /// `CET-1CEST,M3.5.0,M10.5.0/3`, `<-03>3`: a zone that needs no file.
    private static var ruleOfPOSIX: Regex<Substring> {
        /(?:<[A-Za-z0-9+\-]+>|[A-Za-z]{3,})[+\-]?[0-9].*/
    }
}
