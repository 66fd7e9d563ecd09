import Machine
package import Pacing
package import PingOneClient

/// `--max-duration` and `--until`: when a run is to end softly. Both go by clocks that go on while the machine sleeps.
package struct Deadlines: Sendable, Equatable {
    /// From the start of the run on.
    package var maxDuration: Duration?
    /// The wall clock's time, in seconds since 1970.
    package var until: Int?

    package init(maxDuration: Duration? = nil, until: Int? = nil) {
        self.maxDuration = maxDuration
        self.until = until
    }

    /// Whether there is one.
    package var areSet: Bool { maxDuration != nil || until != nil }

    /// The moments and the flags that ask for them, in seconds since 1970.
    ///
    /// `now`: when the run begins.
    package func moments(from now: Double) -> [(stop: RunStop, moment: Int)] {
        var moments: [(RunStop, Int)] = []
        if let maxDuration { moments.append((.maxDuration, Int((now + maxDuration / .seconds(1)).rounded(.up)))) }
        if let until { moments.append((.until, until)) }
        return moments
    }

    /// Stops the run when its time is up; returns then, or when it was stopped otherwise. Blocks the calling thread.
    ///
    /// Looks at the clocks each second: a wait for a moment would not know of a machine that was suspended or whose clock
    /// was set.
    package func watch(_ control: RunControl, time: any TimeSource, wallClock: () -> Double) {
        let start = time.now
        while !control.signal.isRaised {
            var left: [(Duration, RunStop)] = []
            if let maxDuration { left.append((maxDuration - start.duration(to: time.now), .maxDuration)) }
            if let until { left.append((.seconds(Double(until) - wallClock()), .until)) }
            guard let next = left.min(by: { $0.0 < $1.0 }) else { return }
            if next.0 <= .zero { return control.stop(next.1) }
            time.wait(until: time.now + min(next.0, .seconds(1)), unless: control.signal)
        }
    }
}

extension RunStop {
    /// `--max-duration`.
    package static let maxDuration = RunStop(
        "max-duration",
        exitCode: 3,
        "Stopped after --max-duration. Run the same command again to go on.",
        isOnPurpose: true
    )

    /// `--until`.
    package static let until = RunStop(
        "until",
        exitCode: 3,
        "Stopped at --until. Run the same command again to go on.",
        isOnPurpose: true
    )
}
