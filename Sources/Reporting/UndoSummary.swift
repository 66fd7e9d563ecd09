import JSON
package import Ledger
package import LinkImport

/// What an undoing came to, or would remove.
package struct UndoSummary: CommandSummary, Sendable, Equatable {
    package var report: UndoRun.Report
    /// Whether nothing was removed, only counted.
    package var isDryRun: Bool

    package init(_ report: UndoRun.Report, isDryRun: Bool = false) {
        self.report = report
        self.isDryRun = isDryRun
    }

    /// One JSON object on one line. `undone`, `kept`, `unsettled` and `unsent` add up to `links`.
    package var json: String {
        JSONValue.object([
            "run_id": isDryRun ? .null : .string(report.runID),
            "links": JSONValue(report.links),
            "undone": JSONValue(report.counts.undone),
            "kept": JSONValue(report.counts.kept),
            "unsettled": JSONValue(report.counts.unsettled),
            "unsent": JSONValue(report.unsent),
            "left_out_read_back": JSONValue(report.leftOut),
            "in_doubt": JSONValue(report.inDoubt),
            "requests": JSONValue(report.requests),
            "throttled": JSONValue(report.throttled),
            "duration_s": .number(DurationText.seconds(report.duration)),
            "exit_code": JSONValue(isDryRun ? 0 : report.exitCode),
        ]).text
    }

    package var shortfall: String? {
        guard !isDryRun, report.exitCode == 1 else { return nil }
        let counts = CountList.inline([
            (report.counts.kept, "not removed"), (report.counts.unsettled, "unsettled"), (report.unsent, "not tried"),
        ])
        let links = counts.isEmpty ? [] : ["\(CountList.counted(report.links, "link")): \(counts). Run undo again."]
        return (links + Self.inDoubt(report.inDoubt)).joined(separator: " ")
    }

    /// A few lines for people, about links that were to be removed.
    package var text: String {
        var lines = ["\(CountList.counted(report.links, "link")) in \(DurationText.short(report.duration))"]
        lines += CountList.lines([
            (report.counts.undone, "undone"),
            (report.counts.kept, "not removed"),
            (report.counts.unsettled, "unsettled: perhaps removed; run undo again"),
            (report.unsent, "not tried"),
        ])
        lines += Self.leftOut(report.leftOut) + Self.inDoubt(report.inDoubt)
        lines.append(CountList.requests(report.requests, throttled: report.throttled))
        return lines.joined(separator: "\n")
    }

    /// What is to happen, for people to look at or to agree to; without a question.
    package static func plan(_ extent: UndoExtent, environment: String) -> String {
        let links = CountList.counted(extent.links, "link")
        let lines =
            [
                "\(links) of environment \(environment) to delete from PingOne. Attributes that were updated stay as they are."
            ]
            + leftOut(extent.leftOut) + inDoubt(extent.inDoubt)
        return lines.joined(separator: "\n")
    }

    private static func inDoubt(_ count: Int) -> [String] {
        guard count > 0 else { return [] }
        let rows = CountList.counted(count, "row")
        return ["\(rows) in doubt: perhaps linked. Run the import again to settle them, then undo."]
    }

    private static func leftOut(_ count: Int) -> [String] {
        guard count > 0 else { return [] }
        let (are, stay) = count == 1 ? ("is", "stays") : ("are", "stay")
        let links = CountList.counted(count, "link")
        return ["\(links) \(are) known only from a read-back and \(stay): --include-read-back"]
    }
}
