import Dispatch

/// Time as the run sees it: the real one is made in `main`, tests move one by hand.
package protocol TimeSource: Sendable {
    /// A monotonic instant, the same clock for all threads.
    var now: ContinuousClock.Instant { get }

    /// Blocks the calling thread until `deadline`, or until `stop` is raised, whichever is first.
    ///
    /// For worker threads, never inside a `Task`. It may return a little early; callers look at the time again.
    func wait(until deadline: ContinuousClock.Instant, unless stop: StopSignal)
}

/// The machine's own monotonic clock.
package struct SystemTime: TimeSource {
    package init() {}

    package var now: ContinuousClock.Instant {
        ContinuousClock.now
    }

    package func wait(until deadline: ContinuousClock.Instant, unless stop: StopSignal) {
        var left = now.duration(to: deadline)
        // To fall asleep and to be woken takes a thread longer than this, and costs more than to look at the clock.
        while left < .microseconds(20) {
            guard left > .zero else { return }
            left = now.duration(to: deadline)
        }
        // A day is longer than any wait of a run, and keeps the conversion far from overflow.
        stop.wait(until: .now() + min(left, .seconds(86_400)).inSeconds)
    }
}
