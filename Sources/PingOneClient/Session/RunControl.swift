package import Pacing
import Synchronization

/// Lets any thread end the run; the first reason stands.
package final class RunControl: Sendable {
    /// Raised with the first reason: nothing new is begun, waits end.
    package let signal = StopSignal()
    private let state = Mutex<RunStop?>(nil)

    package init() {}

    package var reason: RunStop? { state.withLock { $0 } }

    package func stop(_ reason: RunStop) {
        state.withLock { $0 = $0 ?? reason }
        signal.raise()
    }
}

extension RunStop {
    /// SIGHUP, SIGINT or SIGTERM.
    package static func signal(_ number: Int32) -> RunStop {
        RunStop(
            "signal",
            exitCode: 128 + number,
            "Stopped by a signal; what was in flight was waited for. Run the same command again to go on.",
            isOnPurpose: true
        )
    }
}
