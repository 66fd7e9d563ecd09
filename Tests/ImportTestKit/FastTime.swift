import Dispatch
package import Pacing

/// The machine's clock, but faster: a pause of a second takes `1 / factor` seconds. For runs over real sockets.
package struct FastTime: TimeSource {
    private let factor: Double
    private let origin = ContinuousClock.now

    package init(factor: Double = 200) {
        self.factor = factor
    }

    package var now: ContinuousClock.Instant { origin + origin.duration(to: .now) * factor }

    package func wait(until deadline: ContinuousClock.Instant, unless stop: StopSignal) {
        let left = now.duration(to: deadline)
        guard left > .zero else { return }
        stop.wait(until: .now() + .nanoseconds(Int(left / .nanoseconds(1) / factor)))
    }
}
