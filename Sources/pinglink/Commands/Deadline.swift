import Dispatch
import FoundationEssentials
import LinkImport

/// `--max-duration` and `--until`: ends the run softly when its time is up.
struct Deadline {
    private let stops: [(delay: Duration, stop: RunStop)]

    init(_ settings: Settings) throws {
        var stops: [(Duration, RunStop)] = []
        if let duration = try settings.value(
            .maxDuration,
            expected: "a time, such as 90m or 2h",
            SettingText.duration
        ) {
            stops.append((duration, .maxDuration))
        }
        let now = Date().timeIntervalSince1970
        if let moment = try settings.value(
            .until,
            expected: "a local time, such as 05:30",
            { SettingText.nextClockTime($0, after: Int(now)) }
        ) {
            stops.append((.seconds(Double(moment) - now), .until))
        }
        self.stops = stops
    }

    func start(_ control: RunControl) {
        for (delay, stop) in stops {
            DispatchQueue.global().asyncAfter(deadline: .now() + delay / .seconds(1)) { control.stop(stop) }
        }
    }
}
