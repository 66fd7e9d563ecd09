import JSON
package import LinkRows
package import Pacing

/// What `validate` found.
package struct ValidationSummary: CommandSummary, Sendable {
    private let check: InputCheck
    private let rate: RateSetting

    package init(_ check: InputCheck, rate: RateSetting) {
        self.check = check
        self.rate = rate
    }

    package var exitCode: Int32 { check.invalid == 0 ? 0 : 1 }

    package var json: String {
        JSONValue.object([
            "rows": JSONValue(check.rows),
            "valid": JSONValue(check.fit),
            "invalid": JSONValue(check.invalid),
            "repeated": JSONValue(check.repetitions),
            "warnings": check.warnings.json,
            "estimates": .array(
                estimates.map { rate, duration in
                    .object(["rate": .number(Self.text(rate)), "duration_s": .number(DurationText.seconds(duration))])
                }
            ),
            "exit_code": JSONValue(exitCode),
        ]).text
    }

    package var text: String {
        let counts = [(check.fit, "to send"), (check.invalid, "invalid"), (check.repetitions, "repeated")]
        let listed = counts.map { "\(DigitGroups.text($0)) \($1)" }.joined(separator: ", ")
        var lines = ["\(CountList.counted(check.rows, "row")): \(listed)"]
        lines += check.warnings.map { "warning: \($0.text)" }
        let times = estimates.map { "\(DurationText.short($1)) at \(Self.text($0))/s" }
        lines.append("time to import: " + times.joined(separator: ", "))
        return lines.joined(separator: "\n")
    }

    package var shortfall: String? {
        guard exitCode == 1 else { return nil }
        let rows = CountList.counted(check.rows, "row")
        let invalid = DigitGroups.text(check.invalid)
        let (verb, subject) = check.invalid == 1 ? ("is", "it is") : ("are", "they are")
        return "\(invalid) of \(rows) \(verb) invalid. Without --quiet \(subject) named."
    }

    /// What PingOne permits is not known beforehand; without `--rate N` the time is told for some rates.
    private var estimates: [(rate: Double, duration: Duration)] {
        let rates: [Double] =
            switch rate {
            case .fixed(let rate): [rate]
            case .scheduled(let timetable): timetable.rates
            case .auto(let maximum): [10, 50, 200].filter { $0 < maximum ?? .infinity } + (maximum.map { [$0] } ?? [])
            }
        // Some thirty thousand years are enough, and far from what a Duration cannot hold.
        return rates.map { ($0, .seconds(min(Double(check.requests) / $0, 1e12))) }
    }

    private static func text(_ rate: Double) -> String {
        Int(exactly: rate).map { String($0) } ?? String(rate)
    }
}
