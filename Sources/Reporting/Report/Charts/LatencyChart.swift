/// How many answers took how long, on a scale on which each doubling is as wide as the one before it.
struct LatencyChart {
    let latency: LatencyDistribution

    private static let top = 24.0
    private static let bottom = 26.0
    private static let left = 48.0
    private static let right = 10.0

    /// The percentiles that the page shows.
    static let shares: [(name: String, share: Double)] = [
        ("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99),
    ]

    /// The chart in a sentence.
    var summary: String {
        guard let maximum = latency.maximum else { return "No answers yet." }
        let shares = Self.shares.compactMap { share in
            latency.percentile(share.share).map { "\(share.name) \(ReportText.milliseconds($0))" }
        }
        return "\(ReportText.counted(latency.total, "answer")): \(shares.joined(separator: ", ")), the slowest "
            + "\(ReportText.milliseconds(maximum))."
    }

    func svg(_ size: ChartSize) -> String {
        let height = size == .wide ? 220.0 : 200.0
        let bins = latency.bins
        let plotHeight = height - Self.top - Self.bottom
        let width = (size.width - Self.left - Self.right) / Double(max(1, bins.count))
        let ticks = AxisTicks(upTo: Double(bins.map(\.count).max() ?? 0), steps: 3)
        func y(_ value: Double) -> Double { Self.top + plotHeight * (1 - value / ticks.top) }

        var content: [String] = []
        for value in ticks.values where value == value.rounded() {
            content += [
                SVG.line(x1: Self.left, y1: y(value), x2: size.width - Self.right, y2: y(value), "class=\"grid\""),
                SVG.text(x: Self.left - 8, y: y(value) + 4, anchor: "end", Self.short(Int(value))),
            ]
        }
        for (place, bin) in bins.enumerated() where bin.count > 0 {
            content.append(
                SVG.rectangle(
                    x: Self.left + Double(place) * width + 1,
                    y: y(Double(bin.count)),
                    width: width - 2,
                    height: y(0) - y(Double(bin.count)),
                    "class=\"latency\"",
                    title: "\(bin.from) to \(bin.to - 1) ms: \(ReportText.counted(bin.count, "answer"))"
                )
            )
        }
        content += labels(bins, width: width, at: height - 8) + markers(bins, width: width, to: y(0))
        return SVG.picture(
            id: "latency-\(size)",
            width: size.width,
            height: height,
            title: "Answers by the time they took",
            description: summary,
            content
        )
    }

    private func labels(_ bins: [LatencyDistribution.Bin], width: Double, at height: Double) -> [String] {
        var labels: [String] = []
        var free = -Double.infinity
        for (place, bin) in bins.enumerated() {
            let x = Self.left + Double(place) * width
            guard x >= free else { continue }
            labels.append(SVG.text(x: x, y: height, ReportText.milliseconds(bin.from)))
            free = x + 56
        }
        return labels
    }

    /// A line for p50, p95 and p99, where the names have room beside each other.
    private func markers(_ bins: [LatencyDistribution.Bin], width: Double, to foot: Double) -> [String] {
        var markers: [String] = []
        var free = -Double.infinity
        for (name, share) in Self.shares where name != "p90" {
            guard let value = latency.percentile(share), let place = bins.firstIndex(where: { value < $0.to }) else {
                continue
            }
            let bin = bins[place]
            let within = (Double(value - bin.from) + 0.5) / Double(max(1, bin.to - bin.from))
            let x = Self.left + (Double(place) + within) * width
            markers.append(SVG.line(x1: x, y1: Self.top - 6, x2: x, y2: foot, "class=\"marker\""))
            if x >= free {
                markers.append(SVG.text(x: x, y: Self.top - 10, name))
                free = x + 30
            }
        }
        return markers
    }

    /// `950`, `12k`, `1.5M`.
    private static func short(_ value: Int) -> String {
        switch value {
        case ..<10_000: ReportText.number(value)
        case ..<1_000_000: "\(ReportText.decimal(Double(value) / 1000))k"
        default: "\(ReportText.decimal(Double(value) / 1_000_000))M"
        }
    }
}
