package import LinkImport
package import Pacing

/// How far a run is, in one line.
package struct ProgressLine: Sendable {
    package var counts: RunCounts
    /// Nil for a stream, whose end nobody knows.
    package var total: Int?
    package var elapsed: Duration
    package var pacing: PacingSnapshot
    /// How long PingOne still asks all to wait; zero when it does not.
    package var pause: Duration

    package init(counts: RunCounts, total: Int?, elapsed: Duration, pacing: PacingSnapshot, pause: Duration) {
        self.counts = counts
        self.total = total
        self.elapsed = elapsed
        self.pacing = pacing
        self.pause = pause
    }

    /// `1200/5000 rows, 98.4/s, 1100 linked, 3 rejected; limited by: PingOne (429); 39 s left`.
    package var text: String {
        var parts = [total.map { "\(counts.done)/\($0) rows" } ?? "\(counts.done) rows"]
        parts.append("\(Self.rounded(rowsPerSecond))/s")
        parts.append("\(counts.linked + counts.alreadyLinked) linked")
        if counts.skipped > 0 { parts.append("\(counts.skipped) skipped") }
        let aside = counts.rejected + counts.invalid
        if aside > 0 { parts.append("\(aside) rejected") }
        let open = counts.failed + counts.unsettled
        if open > 0 { parts.append("\(open) to retry") }
        var text = parts.joined(separator: ", ")
        text += pause > .zero ? "; waiting \(DurationText.short(pause))" : ""
        text += "; limited by: \(pacing.limitedBy)"
        if let left { text += "; \(DurationText.short(left)) left" }
        return text
    }

    private var rowsPerSecond: Double {
        let sent = counts.done - counts.skipped - counts.invalid - counts.unsent
        return elapsed > .zero ? Double(sent) / (elapsed / .seconds(1)) : 0
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
