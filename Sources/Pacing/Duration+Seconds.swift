extension Duration {
    /// The duration as seconds with a fraction, for arithmetic with rates.
    var inSeconds: Double {
        self / .seconds(1)
    }
}

extension ContinuousClock.Instant {
    /// Seconds from this instant to a later one, negative if the other is earlier.
    func seconds(to other: Self) -> Double {
        duration(to: other).inSeconds
    }
}
