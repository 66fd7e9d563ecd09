import FoundationEssentials
import LinkImport
import Logging
import Machine
import Pacing
import PingOneClient

/// Sees to it that a run ends at `--max-duration` or `--until`.
struct Deadline {
    private let deadlines: Deadlines

    init(_ deadlines: Deadlines) {
        self.deadlines = deadlines
    }

    /// Whether there is one.
    var isSet: Bool { deadlines != Deadlines() }

    /// Says when the run will end, and from now on sees to it, on a thread of its own.
    func start(_ control: RunControl, time: any TimeSource, logger: Logger) throws {
        guard isSet else { return }
        tell(logger)
        try MachineRoom.thread { [deadlines] in
            deadlines.watch(control, time: time) { Date().timeIntervalSince1970 }
        }
    }

    private func tell(_ logger: Logger) {
        let now = Date().timeIntervalSince1970
        for (stop, moment) in deadlines.moments(from: now) {
            let isFar = Double(moment) - now > 12 * 3600
            let distance = isFar ? ", more than 12 hours from now" : ""
            logger.log(
                level: isFar ? .warning : .notice,
                "Will stop at \(LocalClock.text(moment))\(distance) (--\(stop.name))."
            )
        }
    }
}
