import JSON
import Ledger
package import LinkImport

/// What a verification came to.
package struct VerifySummary: CommandSummary, Sendable, Equatable {
    package var report: VerifyRun.Report
    /// Where each row's result was written; nil where nobody asked for it.
    package var results: String?

    package init(_ report: VerifyRun.Report, results: String? = nil) {
        self.report = report
        self.results = results
    }

    /// One JSON object on one line. `match`, `missing`, `different` and `unknown` add up to `rows`.
    package var json: String {
        JSONValue.object([
            "rows": JSONValue(report.rows),
            "match": JSONValue(report.counts[.match, default: 0]),
            "missing": JSONValue(report.counts[.missing, default: 0]),
            "different": JSONValue(report.counts[.different, default: 0]),
            "extra": JSONValue(report.counts[.extra, default: 0]),
            "unknown": JSONValue(report.counts[.unknown, default: 0]),
            "several_accounts": JSONValue(report.severalAccounts),
            "requests": JSONValue(report.requests),
            "throttled": JSONValue(report.throttled),
            "duration_s": .number(DurationText.seconds(report.duration)),
            "exit_code": JSONValue(report.exitCode),
        ]).text
    }

    package var shortfall: String? {
        guard report.exitCode == 1 else { return nil }
        let others: [CheckResult] = [.missing, .different, .extra, .unknown]
        let counts = CountList.inline(others.map { (report.counts[$0, default: 0], $0.word) })
        return "\(CountList.counted(report.rows, "linked row")): \(counts). \(results ?? "--output FILE") tells which."
    }

    /// A few lines for people.
    package var text: String {
        var lines = ["\(CountList.counted(report.rows, "linked row")) in \(DurationText.short(report.duration))"]
        lines += CountList.lines([
            (report.counts[.match, default: 0], "match"),
            (
                report.counts[.missing, default: 0],
                "missing: PingOne does not have the link; import --retry missing makes it"
            ),
            (report.counts[.different, default: 0], "different: the user is linked to another account there"),
            (report.counts[.extra, default: 0], "extra: links that no row accounts for"),
            (report.counts[.unknown, default: 0], "\(CheckResult.unknown.word): run again to go on"),
        ])
        if report.severalAccounts > 0 {
            lines.append(
                "\(CountList.counted(report.severalAccounts, "user")) linked to more than one account at a provider: "
                    + "check that they are meant to have them all"
            )
        }
        lines.append(CountList.requests(report.requests, throttled: report.throttled))
        return lines.joined(separator: "\n")
    }
}
