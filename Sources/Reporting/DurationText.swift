/// Times as people read them.
package enum DurationText {
    /// `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`: two units at most.
    package static func short(_ duration: Duration) -> String {
        let seconds = duration / .seconds(1)
        if seconds < 9.95 {
            let tenths = Int((seconds * 10).rounded())
            return "\(tenths / 10).\(tenths % 10) s"
        }
        let whole = Int(seconds.rounded())
        switch whole {
        case ..<60: return "\(whole) s"
        case ..<3600: return pair(whole / 60, "min", whole % 60, "s")
        case ..<86_400: return pair(whole / 3600, "h", whole % 3600 / 60, "min")
        default: return pair(whole / 86_400, "d", whole % 86_400 / 3600, "h")
        }
    }

    /// `12s`, `3m20s`, `2h5m`, `3d4h`: for a line that has to be short.
    package static func compact(_ duration: Duration) -> String {
        let whole = Int((duration / .seconds(1)).rounded())
        switch whole {
        case ..<60: return "\(whole)s"
        case ..<3600: return "\(whole / 60)m\(whole % 60)s"
        case ..<86_400: return "\(whole / 3600)h\(whole % 3600 / 60)m"
        default: return "\(whole / 86_400)d\(whole % 86_400 / 3600)h"
        }
    }

    /// How long a request took: `0.4 ms`, `41 ms`, `1.2 s`.
    package static func latency(_ duration: Duration) -> String {
        let milliseconds = duration / .milliseconds(1)
        switch milliseconds {
        case ..<9.95: return "\((milliseconds * 10).rounded() / 10) ms"
        case ..<999.5: return "\(Int(milliseconds.rounded())) ms"
        default: return "\((milliseconds / 100).rounded() / 10) s"
        }
    }

    /// Seconds with three decimals, for machines: `12.345`.
    package static func seconds(_ duration: Duration) -> String {
        let milliseconds = max(0, Int((duration / .milliseconds(1)).rounded()))
        let fraction = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }

    private static func pair(_ first: Int, _ firstUnit: String, _ second: Int, _ secondUnit: String) -> String {
        second == 0 ? "\(first) \(firstUnit)" : "\(first) \(firstUnit) \(second) \(secondUnit)"
    }
}
