import JSON
import Ledger
package import LinkImport
import LinkRows

/// What a run came to: the one thing on standard output.
package struct RunSummary: CommandSummary, Sendable, Equatable {
    package var report: ImportRun.Report
    package var isDryRun: Bool
    /// How to go on, for people: the last lines.
    package var advice: [String]

    package init(_ report: ImportRun.Report, isDryRun: Bool, advice: [String] = []) {
        self.report = report
        self.isDryRun = isDryRun
        self.advice = advice
    }

    /// One JSON object on one line. The eight counts from `linked` (or `unlinked`) to `unsent` add up to `rows`.
    package var json: String {
        let counts = report.counts
        return JSONValue.object([
            "run_id": .string(report.runID),
            "rows": JSONValue(counts.rows),
            word(.linked): JSONValue(counts.linked),
            word(.alreadyLinked).replacing("-", with: "_"): JSONValue(counts.alreadyLinked),
            "rejected": JSONValue(counts.rejected),
            "invalid": JSONValue(counts.invalid),
            "failed": JSONValue(counts.failed),
            "unsettled": JSONValue(counts.unsettled),
            "skipped": JSONValue(counts.skipped),
            "unsent": JSONValue(counts.unsent),
            "requests": JSONValue(counts.requests),
            "throttled": JSONValue(counts.throttled),
            "duration_s": .number(DurationText.seconds(report.duration)),
            "exit_code": JSONValue(report.exitCode),
            "warnings": report.warnings.json,
        ]).text
    }

    private func word(_ state: LinkState) -> String { state.word(in: report.kind) }

    package var shortfall: String? {
        guard report.exitCode == 1 else { return nil }
        let counts = report.counts
        let states = [
            (counts.rejected, "rejected"), (counts.invalid, "invalid"), (counts.failed, "failed"),
            (counts.unsettled, "unsettled"),
            (counts.undone, "undone; --retry undone links \(counts.undone == 1 ? "it" : "them") again"),
        ]
        let count = states.reduce(0) { $0 + $1.0 }
        var text = "\(DigitGroups.text(count)) of \(CountList.counted(counts.rows, "row")) "
        text += "\(count == 1 ? "is" : "are") not \(word(.linked)): "
        text += CountList.inline(states) + "."
        if let path = report.rejectsPath { text += " Rows to correct: \(path)." }
        if let path = report.retryPath { text += " Rows to try again: \(path)." }
        return text
    }

    /// A few lines for people; states that no row is in are left out.
    package var text: String {
        let counts = report.counts
        let states: [(Int, String)] = [
            (counts.linked, word(.linked)),
            (counts.alreadyLinked, word(.alreadyLinked).replacing("-", with: " ")),
            (counts.skipped - counts.undone - counts.repeated, "skipped (done before)"),
            (counts.repeated, "skipped (repeated in the input)"),
            (
                counts.undone,
                counts.undone == 1
                    ? "skipped because undo has removed its link: --retry undone links it again"
                    : "skipped because undo has removed their links: --retry undone links them again"
            ),
            (counts.rejected, "rejected"),
            (counts.invalid, "invalid"),
            (counts.failed, "failed"),
            (counts.unsettled, "unsettled"),
            (
                counts.unsent,
                isDryRun ? report.kind == .unlinking ? "would be looked for and unlinked" : "would be sent" : "not sent"
            ),
        ]
        var lines = ["\(CountList.counted(counts.rows, "row")) in \(DurationText.short(report.duration))"]
        lines += CountList.lines(states)
        lines.append(CountList.requests(counts.requests, throttled: counts.throttled))
        lines += report.warnings.map { "warning: \($0.text)" }
        if let path = report.rejectsPath { lines.append("rows to correct: \(path)") }
        if let path = report.retryPath {
            let unsent = "the \(CountList.counted(counts.unsent, "row")) not sent \(counts.unsent == 1 ? "is" : "are")"
            lines.append("rows to try again: \(path)" + (counts.unsent > 0 ? " (\(unsent) not in it)" : ""))
        }
        return (lines + advice).joined(separator: "\n")
    }
}
