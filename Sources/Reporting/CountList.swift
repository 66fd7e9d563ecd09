import LinkRows

/// Counts with their names, one a line, the numbers above each other.
enum CountList {
    /// Leaves out what counts nothing.
    static func lines(_ counts: [(Int, String)]) -> [String] {
        let present = counts.filter { $0.0 > 0 }
        let width = present.map { DigitGroups.text($0.0).count }.max() ?? 0
        return present.map { count, name in
            let number = DigitGroups.text(count)
            return "  " + String(repeating: " ", count: width - number.count) + "\(number) \(name)"
        }
    }

    /// `3 rejected, 1 unsettled`: leaves out what counts nothing.
    static func inline(_ counts: [(Int, String)]) -> String {
        counts.filter { $0.0 > 0 }.map { "\(DigitGroups.text($0.0)) \($0.1)" }.joined(separator: ", ")
    }

    /// `1 row`, `2 rows`.
    static func counted(_ count: Int, _ noun: String) -> String {
        count == 1 ? "1 \(noun)" : "\(DigitGroups.text(count)) \(noun)s"
    }

    /// `17 requests, 2 of them throttled (429)`.
    static func requests(_ requests: Int, throttled: Int) -> String {
        counted(requests, "request") + (throttled > 0 ? ", \(DigitGroups.text(throttled)) of them throttled (429)" : "")
    }
}
