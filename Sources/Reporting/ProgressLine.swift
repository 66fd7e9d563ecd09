package import Pacing

/// How far a run is, in one line.
package struct ProgressLine: Sendable {
    package var counts: ProgressCounts
    /// Nil for a stream, whose end nobody knows.
    package var total: Int?
    package var elapsed: Duration
    package var pacing: PacingSnapshot
    /// How long PingOne still asks all to wait; zero when it does not.
    package var pause: Duration

    package init(counts: ProgressCounts, total: Int?, elapsed: Duration, pacing: PacingSnapshot, pause: Duration) {
        self.counts = counts
        self.total = total
        self.elapsed = elapsed
        self.pacing = pacing
        self.pause = pause
    }

    /// `1200/5000 rows, 98.4/s, 1100 linked, 3 rejected; limited by: PingOne (429); 39 s left`.
    package var text: String {
        let rows = total.map { "\(counts.done)/\($0) rows" } ?? "\(counts.done) rows"
        var text = ([rows, "\(Self.rounded(rowsPerSecond))/s"] + counts.parts).joined(separator: ", ")
        text += pause > .zero ? "; waiting \(DurationText.short(pause))" : ""
        text += "; limited by: \(pacing.limitedBy)"
        if let left { text += "; \(DurationText.short(left)) left" }
        return text
    }

    private var rowsPerSecond: Double {
        elapsed > .zero ? Double(counts.sent) / (elapsed / .seconds(1)) : 0
    }

    private var left: Duration? {
        guard let total, rowsPerSecond > 0, counts.done < total else { return nil }
        return .seconds(Double(total - counts.done) / rowsPerSecond)
    }

    private static func rounded(_ rate: Double) -> String {
        guard rate < 99.95 else { return String(Int(rate.rounded())) }
        let tenths = Int((rate * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
