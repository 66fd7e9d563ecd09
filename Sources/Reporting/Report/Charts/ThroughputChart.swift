import FoundationEssentials
import Ledger
import LinkImport

/// How many rows a run settled each second, beside the rate in force, what PingOne permits, and the pauses it asked for.
struct ThroughputChart {
    let activity: RunActivity

    private static let top = 10.0
    private static let bottom = 26.0
    private static let left = 48.0
    private static let right = 10.0

    /// From the first tick to the end of the last one: a run of no length has one tick all the same.
    var span: Double { Double(activity.settled.count) * tick }

    var rows: Int { activity.settled.reduce(0, +) }

    /// Pauses in seconds since the start, as far as they lie within the run; those that touch are one.
    var pauses: [ClosedRange<Double>] {
        let end = max(0, activity.endedAt.timeIntervalSince(activity.startedAt))
        var pauses: [ClosedRange<Double>] = []
        for pause in activity.pace.compactMap(\.pause) {
            let from = max(0, pause.lowerBound.timeIntervalSince(activity.startedAt))
            let until = min(end, pause.upperBound.timeIntervalSince(activity.startedAt))
            guard from < until else { continue }
            if let last = pauses.last, from <= last.upperBound + 0.01 {
                pauses[pauses.count - 1] = last.lowerBound...max(last.upperBound, until)
            } else {
                pauses.append(from...until)
            }
        }
        return pauses
    }

    /// The chart in one or two sentences.
    var summary: String {
        let length = max(activity.endedAt.timeIntervalSince(activity.startedAt), 0.001)
        let average = ReportText.decimal(Double(rows) / max(length, tick))
        var text =
            "\(ReportText.counted(rows, "row")) in \(DurationText.short(.seconds(length))): \(average) a second on "
            + "average, \(ReportText.decimal(fastest)) at most."
        let pauses = pauses
        if !pauses.isEmpty {
            let paused = DurationText.short(.seconds(pauses.reduce(0) { $0 + $1.upperBound - $1.lowerBound }))
            text += " PingOne asked for \(ReportText.counted(pauses.count, "pause")), \(paused) altogether."
        }
        if let last = activity.pace.last?.rate {
            text += " At the end the rate in force was \(ReportText.decimal(last)) requests a second"
            text += permitted.last.map { ", and PingOne permitted about \(ReportText.decimal($0.rate))." } ?? "."
        }
        return text
    }

    /// What PingOne permitted from when on, in requests per second; empty where it refused nothing.
    var permitted: [(at: Date, rate: Double)] {
        var watch = LimitWatch()
        return activity.pace.compactMap { sample in
            let known = watch.rate
            watch.note(
                .init(rate: sample.rate, requests: sample.requests, throttled: sample.throttled),
                at: sample.at.timeIntervalSince(activity.startedAt)
            )
            return watch.rate.flatMap { $0 == known ? nil : (sample.at, $0) }
        }
    }

    func svg(id: String, _ size: ChartSize) -> String {
        let height = size == .wide ? 240.0 : 210.0
        let plotWidth = size.width - Self.left - Self.right
        let plotHeight = height - Self.top - Self.bottom
        let ticks = AxisTicks(upTo: highest, steps: 4)
        func x(_ seconds: Double) -> Double { seconds / span * plotWidth }
        func y(_ value: Double) -> Double { plotHeight * (1 - value / ticks.top) }

        var content: [String] = []
        for value in ticks.values {
            let height = Self.top + y(value)
            content += [
                SVG.line(x1: Self.left, y1: height, x2: size.width - Self.right, y2: height, "class=\"grid\""),
                SVG.text(x: Self.left - 8, y: height + 4, anchor: "end", ReportText.decimal(value)),
            ]
        }
        let times = AxisTicks(seconds: span, steps: size == .wide ? 8 : 4).values
        for time in times where time <= span {
            let place = Self.left + x(time)
            let isAtEnd = place > size.width - Self.right - 16
            content.append(SVG.text(x: place, y: height - 8, anchor: isAtEnd ? "end" : "middle", Self.label(time)))
        }
        // What is above the chart is cut off at its frame.
        content.append(
            "<svg x=\"\(SVG.number(Self.left))\" y=\"\(SVG.number(Self.top))\" width=\"\(SVG.number(plotWidth))\" "
                + "height=\"\(SVG.number(plotHeight))\">"
        )
        content.append("<path class=\"rows\" d=\"\(rowPath(x, y))\"/>")
        for pause in pauses {
            let length = DurationText.short(.seconds(pause.upperBound - pause.lowerBound))
            content.append(
                SVG.rectangle(
                    x: x(pause.lowerBound),
                    y: 0,
                    width: max(1.5, x(pause.upperBound) - x(pause.lowerBound)),
                    height: plotHeight,
                    "class=\"pause\" fill=\"url(#pattern-pause)\"",
                    title: "Pause of \(length), \(Self.label(pause.lowerBound)) after the start"
                )
            )
        }
        let inForce = activity.pace.map { (at: $0.at, rate: $0.rate) }
        for (name, steps) in [("permitted", permitted), ("rate", inForce)] where !steps.isEmpty {
            content.append("<path class=\"\(name)\" d=\"\(path(of: steps, x, y))\"/>")
        }
        content.append("</svg>")
        return SVG.picture(
            id: "\(id)-\(size)",
            width: size.width,
            height: height,
            title: "Rows settled per second since \(ReportText.time(activity.startedAt)) UTC",
            description: summary,
            content
        )
    }

    private var tick: Double { activity.tick / .seconds(1) }

    private var fastest: Double { Double(activity.settled.max() ?? 0) / tick }

    /// The end of the axis: a rate that is far above what was done would press everything else to the ground.
    private var highest: Double {
        let rate = activity.pace.map(\.rate).filter(\.isFinite).max() ?? 0
        return fastest > 0 ? max(fastest, min(rate, 2 * fastest)) : rate
    }

    private func rowPath(_ x: (Double) -> Double, _ y: (Double) -> Double) -> String {
        var path = "M0 \(SVG.number(y(0)))"
        for (place, count) in activity.settled.enumerated() {
            path += "V\(SVG.number(y(Double(count) / tick)))H\(SVG.number(x(Double(place + 1) * tick)))"
        }
        return path + "V\(SVG.number(y(0)))Z"
    }

    /// A rate that holds from when on, until the next one does or the run ends.
    private func path(
        of steps: [(at: Date, rate: Double)],
        _ x: (Double) -> Double,
        _ y: (Double) -> Double
    ) -> String {
        var path = ""
        for step in steps where step.rate.isFinite {
            let place = x(min(span, max(0, step.at.timeIntervalSince(activity.startedAt))))
            // Far above the frame is as good as at any height there.
            let height = max(-50, y(step.rate))
            path +=
                path.isEmpty
                ? "M\(SVG.number(place)) \(SVG.number(height))" : "H\(SVG.number(place))V\(SVG.number(height))"
        }
        let end = activity.endedAt.timeIntervalSince(activity.startedAt)
        return path + "H\(SVG.number(x(min(span, max(end, 0)))))"
    }

    /// `0`, `30 s`, `5 min`, `2 h`, `1 h 30 min`.
    private static func label(_ seconds: Double) -> String {
        seconds == 0 ? "0" : seconds < 10 ? "\(ReportText.decimal(seconds)) s" : DurationText.short(.seconds(seconds))
    }
}
