import LinkImport
import LinkRows
package import Pacing

/// How far a run is, how fast, and what keeps it from being faster.
package struct ProgressLine: LiveText {
    package var counts: ProgressCounts
    /// Nil for a stream, whose end nobody knows.
    package var total: Int?
    /// Of this run, of late; rows that earlier runs have done are no speed.
    package var rowsPerSecond: Double
    package var pacing: PacingSnapshot
    /// What PingOne permits, in requests per second; nil while nobody knows.
    package var permitted: Double?
    /// How long PingOne still asks all to wait; zero when it does not.
    package var pause: Duration
    /// Whether the run only waits for what is in flight.
    package var isStopping: Bool

    package init(
        counts: ProgressCounts,
        total: Int?,
        rowsPerSecond: Double,
        pacing: PacingSnapshot,
        permitted: Double? = nil,
        pause: Duration,
        isStopping: Bool = false
    ) {
        self.counts = counts
        self.total = total
        self.rowsPerSecond = rowsPerSecond
        self.pacing = pacing
        self.permitted = permitted
        self.pause = pause
        self.isStopping = isStopping
    }

    /// `1,200/5,000  98.4/s  1,100 linked  limited by: PingOne (429)  permitted 100/s  rate 97.2/s  39s left`, with a bar
    /// and more where there is room.
    ///
    /// What is wanted most: how far, how long, how fast, the share, and from 80 columns on the bar, so that they do not come
    /// and go; then what goes wrong, what has gone well, what limits the speed, and the rest.
    package func line(width: Int, isColoured: Bool) -> String {
        var parts: [LineLayout.Part] = []
        if let share {
            let isWide = width >= 79
            parts.append(.init(text: bar(isWide ? 8 : 10), rank: isWide ? 3 : 12, stretched: (42, bar)))
            parts.append(.init(text: "\(Int(share * 100))%", rank: 4, gap: 1))
        }
        parts.append(.init(text: rows, rank: 0))
        parts.append(.init(text: "rows", rank: 16, gap: 1))
        parts.append(.init(text: speed, rank: 2))
        parts += counts.outcomes.map(Self.part)
        parts.append(.init(text: waiting, rank: 13))
        if let latency { parts.append(.init(text: latency, rank: 14)) }
        parts.append(.init(text: limit, rank: 8, tone: isStopping ? .warning : .plain))
        if let permitted { parts.append(.init(text: "permitted \(Self.perSecond(permitted))", rank: 9)) }
        parts.append(.init(text: rate, rank: 10))
        if pause > .zero {
            parts.append(.init(text: "paused \(DurationText.compact(wholePause))", rank: 5, tone: .warning))
        }
        if let awaited = counts.awaited {
            let text = Self.text(awaited, width: width - rows.count - 2)
            parts.append(.init(text: text, rank: 1, tone: .warning))
        }
        if let left { parts.append(.init(text: "\(DurationText.compact(left)) left", rank: 1)) }
        guard rows.count <= width else { return "" }  // the rest alone would say nothing
        return LineLayout(parts: parts).line(width: width, isColoured: isColoured)
    }

    /// `1,200/5,000 rows, 98.4/s, 1,100 linked, 3 rejected, 64 waiting, p50 41 ms, p95 120 ms, limited by: PingOne (429),
    /// PingOne permits 100/s, rate 97.2/s, 39 s left`.
    package var text: String {
        var parts = ["\(rows) rows", speed] + counts.outcomes.map(\.text) + [waiting]
        if let latency { parts.append(latency) }
        parts.append(limit)
        if let permitted { parts.append("PingOne permits \(Self.perSecond(permitted))") }
        parts.append(rate)
        if pause > .zero { parts.append("paused \(DurationText.short(wholePause))") }
        if let awaited = counts.awaited { parts.append("waiting for \(awaited.text)") }
        if let left { parts.append("\(DurationText.short(left)) left") }
        return parts.joined(separator: ", ")
    }

    package var figures: [String: any Sendable & CustomStringConvertible] {
        var figures: [String: any Sendable & CustomStringConvertible] = [
            "rows_done": counts.done, "rows_waiting": counts.waiting, "rows_per_second": Self.tenths(rowsPerSecond),
            "limited_by": pacing.limitedBy.rawValue, "rate": Self.tenths(pacing.rate),
        ]
        figures["permitted_rate"] = permitted.map(Self.tenths)
        figures["rows_total"] = total
        figures["rows_awaited"] = counts.awaited?.count
        for outcome in counts.outcomes {
            figures[outcome.figure] = outcome.count
        }
        figures["latency_p50_ms"] = pacing.latency.map { Self.tenths($0.p50 / .milliseconds(1)) }
        figures["latency_p95_ms"] = pacing.latency.map { Self.tenths($0.p95 / .milliseconds(1)) }
        if pause > .zero { figures["paused_s"] = Self.tenths(pause / .seconds(1)) }
        figures["left_s"] = left.map { Int($0 / .seconds(1)) }
        return figures
    }

    private static func part(_ outcome: ProgressCounts.Outcome) -> LineLayout.Part {
        switch outcome.kind {
        case .success where outcome.count > 0: .init(text: outcome.text, rank: 7, tone: .good)
        case .trouble where outcome.count > 0: .init(text: outcome.text, rank: 5, tone: .bad)
        case .later: .init(text: outcome.text, rank: 6, tone: .warning)
        case .success, .trouble: .init(text: outcome.text, rank: 11)
        case .neutral: .init(text: outcome.text, rank: 15)
        }
    }

    private var rows: String {
        DigitGroups.text(counts.done) + (total.map { "/" + DigitGroups.text($0) } ?? "")
    }

    private var speed: String { Self.perSecond(rowsPerSecond) }

    /// Of requests, while the rows of `speed` may take more than one each.
    private var rate: String { "rate \(Self.perSecond(pacing.rate))" }

    private static func perSecond(_ number: Double) -> String {
        number < 99.95 ? "\(tenths(number))/s" : "\(DigitGroups.text(Int(number.rounded())))/s"
    }

    private var waiting: String { "\(DigitGroups.text(counts.waiting)) waiting" }

    /// What is awaited, and from whom if that fits; the name of another machine may have any characters.
    private static func text(_ awaited: AwaitedRows, width: Int) -> String {
        let text = String("waiting for \(awaited.text)".map { (" "..."~").contains($0) ? $0 : "?" })
        return text.count <= width ? text : "waiting for \(DigitGroups.text(awaited.count)) of another machine"
    }

    private var latency: String? {
        pacing.latency.map { "p50 \(DurationText.latency($0.p50)), p95 \(DurationText.latency($0.p95))" }
    }

    private var limit: String {
        if isStopping { return "stopping" }
        return pacing.limitedBy == .growth ? "speeding up" : "limited by: \(pacing.limitedBy)"
    }

    /// Rounded up: what is still a pause is never one of zero seconds.
    private var wholePause: Duration { .seconds((pause / .seconds(1)).rounded(.up)) }

    /// What is left takes as long as the same number of rows lately; unknown during a long pause. Rows among them that an
    /// earlier run has done will take no time, so it may be less.
    private var left: Duration? {
        guard let total, rowsPerSecond > 0, counts.done < total, !isStopping else { return nil }
        return .seconds(Double(total - counts.done) / rowsPerSecond)
    }

    private var share: Double? {
        total.map { $0 > 0 ? min(1, Double(counts.done) / Double($0)) : 1 }
    }

    /// `[====>     ]`, so many columns wide with its brackets.
    private func bar(_ width: Int) -> String {
        let length = width - 2
        let filled = Int((share ?? 0) * Double(length))
        let head = filled < length ? ">" : ""
        return "[" + String(repeating: "=", count: filled) + head
            + String(repeating: " ", count: length - filled - head.count) + "]"
    }

    private static func tenths(_ number: Double) -> Double { (number * 10).rounded() / 10 }
}
