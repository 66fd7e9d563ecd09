import FoundationEssentials
import Logging
import Machine
import Pacing

/// The machine's local time, by which deadlines are told and timetables of `--max-rate` go.
enum LocalTime {
    /// Warns where a run has to do with it and the machine does not have the zone that `TZ` names.
    static func check(_ deadline: Deadline, _ rate: RateSetting, _ logger: Logger) {
        guard deadline.isSet || isTimetable(rate) else { return }
        let environment = ProcessInfo.processInfo.environment
        let folder = environment["TZDIR"] ?? LocalClock.zoneFolder
        guard let zone = LocalClock.missingZone(environment["TZ"], in: folder) else { return }
        logger.warning(
            """
            TZ=\(zone) names no time zone of this machine: local time is UTC here. Install its zone files (tzdata), or \
            set TZ to a zone that it has.
            """
        )
    }

    private static func isTimetable(_ rate: RateSetting) -> Bool {
        if case .scheduled = rate { true } else { false }
    }
}
