/// Round numbers for an axis from zero.
struct AxisTicks: Equatable {
    /// 0, one step, two steps and so on.
    var values: [Double]
    /// The end of the axis.
    var top: Double { values.last ?? 1 }

    /// Steps of 1, 2 or 5 times a power of ten, up to the first that is not below `maximum`.
    ///
    /// `maximum`: finite. `steps`: how many there may be, one at least.
    init(upTo maximum: Double, steps: Int) {
        let maximum = maximum > 0 ? maximum : 1
        let step = Self.round(maximum / Double(steps))
        let count = max(1, Int((maximum / step - 1e-9).rounded(.up)))
        values = (0...count).map { Double($0) * step }
    }

    /// Round times up to `span` seconds, not beyond it.
    init(seconds span: Double, steps: Int) {
        let step = Self.spans.first { span / $0 <= Double(steps) } ?? Self.round(span / Double(steps) / 86_400) * 86_400
        values = (0...max(0, Int(span / step + 1e-9))).map { Double($0) * step }
    }

    private static let spans: [Double] = [
        0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
    ]

    private static func round(_ value: Double) -> Double {
        var power = 1.0
        while power * 10 <= value { power *= 10 }
        while power > value { power /= 10 }
        return [1, 2, 5, 10].lazy.map { $0 * power }.first { $0 >= value * (1 - 1e-9) } ?? power * 10
    }
}
