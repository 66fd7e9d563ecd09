import FoundationEssentials
import LinkRows

/// Numbers, shares and times as the report shows them.
enum ReportText {
    /// `1,234,567`.
    static func number(_ value: Int) -> String {
        (value < 0 ? "−" : "") + DigitGroups.text(value.magnitude)
    }

    /// `1 row`, `2,000 rows`.
    static func counted(_ value: Int, _ noun: String) -> String {
        "\(number(value)) \(noun)\(value == 1 ? "" : "s")"
    }

    /// One digit behind the point: `96.4 %`. What is not all is less than 100 %, and what is something more than 0 %.
    static func share(_ part: Int, of whole: Int) -> String {
        guard whole > 0, part > 0 else { return "0 %" }
        guard part < whole else { return "100 %" }
        let tenths = (Double(part) / Double(whole) * 1000).rounded()
        if tenths < 1 { return "< 0.1 %" }
        if tenths > 999 { return "> 99.9 %" }
        return "\(decimal(tenths / 10)) %"
    }

    /// With one digit behind the point, or none where it would be a zero or says nothing: `12.5`, `12`, `1,250`.
    static func decimal(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "—" }
        if abs(value) >= 100 { return number(Int(value.rounded())) }
        let tenths = Int((abs(value) * 10).rounded())
        let text = tenths % 10 == 0 ? number(tenths / 10) : "\(number(tenths / 10)).\(tenths % 10)"
        return value < 0 && tenths > 0 ? "−" + text : text
    }

    /// `18 ms`, `1.2 s`.
    static func milliseconds(_ value: Int) -> String {
        value < 1000 ? "\(value) ms" : "\(decimal(Double(value) / 1000)) s"
    }

    /// `2026-03-01 04:05:06`, in UTC.
    static func time(_ date: Date) -> String {
        time(iso: date.formatted(.iso8601))
    }

    /// The same of ISO 8601 text in UTC.
    static func time(iso: String) -> String {
        String(iso.prefix(19)).replacing("T", with: " ")
    }

    /// A path's last part.
    static func fileName(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
