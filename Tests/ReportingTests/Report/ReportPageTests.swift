import Foundation
import FoundationXML
import LedgerTestKit
import SQLiteLedger
import SQLiteTestKit
import TestKit
import Testing

@testable import Ledger
@testable import Reporting

@Suite("The page of a report")
struct ReportPageTests {
    /// The page, parsed as XML, which fails where a tag or an entity is wrong.
    private struct Page {
        let html: String
        let document: XMLDocument

        init(_ report: LedgerReport) throws {
            html = try ReportPage.html(report)
            document = try XMLDocument(xmlString: html)
        }

        func texts(_ path: String) throws -> [String] {
            try document.nodes(forXPath: path).map {
                ($0.stringValue ?? "").split(separator: "\n").joined(separator: " ")
            }
        }
    }

    private static func run(
        _ id: String = "run-1",
        kind: RunKind = .linking,
        source: String = "users.csv",
        state: RunState = .ended,
        exitCode: Int? = 0,
        stoppedBy: String? = nil,
        startingAt start: Date = moment,
        settled: [Int] = [20, 30, 10]
    ) -> LedgerReport.Run {
        let end = start + Double(settled.count)
        return LedgerReport.Run(
            record: RunRecord(
                kind: kind,
                runID: id,
                startedAt: momentText,
                endedAt: state == .ended ? momentText : nil,
                source: source,
                rows: state == .ended ? 60 : nil,
                exitCode: exitCode,
                stoppedBy: stoppedBy
            ),
            state: state,
            activity: RunActivity(
                runID: id,
                startedAt: start,
                endedAt: end,
                tick: .seconds(1),
                settled: settled,
                pace: [PaceSample(at: start, rate: 25, pause: (start + 1)...(start + 2), requests: 1060, throttled: 3)]
            )
        )
    }

    private static func report(
        name: String = "users.csv.ledger",
        counts: [LinkState: Int] = [.linked: 60],
        runs: [LedgerReport.Run] = [run()]
    ) -> LedgerReport {
        LedgerReport(
            name: name,
            madeAt: moment,
            counts: counts,
            runs: runs,
            latency: LatencyDistribution([12: 40, 90: 20])
        )
    }

    @Test("says in one sentence how it went, and has a section for everything there is")
    func whole() throws {
        var report = Self.report(counts: [.linked: 1234, .alreadyLinked: 5, .rejected: 2, .failed: 1, .undone: 3])
        report.verification = VerificationRecord(startedAt: moment, endedAt: moment, counts: [.match: 58, .missing: 2])
        let page = try Page(report)
        #expect(try page.texts("//title[not(ancestor::svg)]") == ["Import report: users.csv.ledger"])
        #expect(try page.texts("//h1") == ["users.csv.ledger"])
        #expect(try page.texts("//p[@class='verdict']") == ["1,239 of 1,245 rows are linked."])
        #expect(try page.texts("//dt") == ["linked", "to correct", "to run again", "undone"])
        #expect(try page.texts("//dd[not(@class)]") == ["1,239", "2", "1", "3"])
        #expect(
            try page.texts("//ul[@class='steps']/li") == [
                "Run the same command again: it sends or settles 1 row with which nothing is wrong.",
                "Correct 2 rows in the file of rejects beside the input, where each has its hint, and import that file.",
                "Look into 2 links that the verification found missing, different or extra; import --retry missing makes "
                    + "missing ones.",
            ]
        )
        #expect(
            try page.texts("//h2") == [
                "What to do next", "Outcomes", "Throughput", "Latency", "Verification", "Runs",
            ]
        )
        #expect(try page.texts("//caption").count == 4)
        #expect(
            try page.texts("//section[h2='Outcomes']//tbody/tr/th") == [
                "linked", "already-linked", "rejected", "failed", "undone",
            ]
        )
        #expect(
            try page.texts("//section[h2='Verification']//tbody/tr/th") == ["match", "missing", "different", "extra"]
        )
        #expect(
            try page.texts("//section[h2='Runs']//tbody/tr/*") == [
                "2026-03-01 04:05:06", "3.0 s", "users.csv", "60", "1,060 (3 × 429)", "0",
                "every row is linkedrun run-1",
            ]
        )
    }

    @Test("needs nothing from elsewhere, runs nothing, and says what it is")
    func selfContained() throws {
        let page = try Page(Self.report())
        #expect(page.html.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>"))
        #expect(!page.html.contains(#/https?:|src=|href=|@import|<script|<link|<img|<iframe| on[a-z]+=| style=/#))
        #expect(page.html.matches(of: #/url\(([^)]*)\)/#).allSatisfy { $0.output.1.hasPrefix("#") })
        #expect(
            try page.texts("//meta[@http-equiv='Content-Security-Policy']/@content") == [
                "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
            ]
        )
        #expect(try page.texts("//meta[@name='viewport']/@content") == ["width=device-width, initial-scale=1"])
        #expect(try page.texts("//meta[@name='color-scheme']/@content") == ["light dark"])
        #expect(page.html.contains("@media print") && page.html.contains("prefers-color-scheme: dark"))
        #expect(!page.html.contains("{{") && !page.html.contains("}}"))
    }

    @Test("can be heard: every picture has a title and a description, every table a caption and heads with a scope")
    func accessible() throws {
        let page = try Page(Self.report(counts: [.linked: 60, .rejected: 2]))
        let pictures = try page.document.nodes(forXPath: "//svg[@role='img']")
        #expect(pictures.count == 6)
        var ids: Set<String> = []
        for picture in pictures {
            for part in ["title", "desc"] {
                let named = try #require(try picture.nodes(forXPath: part).first as? XMLElement)
                #expect(named.stringValue?.isEmpty == false)
                let id = try #require(named.attribute(forName: "id")?.stringValue)
                #expect(ids.insert(id).inserted)
            }
        }
        let labels = try page.texts("//svg[@role='img']/@aria-labelledby").flatMap {
            $0.split(separator: " ").map(String.init)
        }
        #expect(Set(labels) == ids)
        #expect(try page.document.nodes(forXPath: "//table[not(caption)]").isEmpty)
        #expect(try page.document.nodes(forXPath: "//th[not(@scope)]").isEmpty)
        #expect(
            try page.document.nodes(forXPath: "//svg[not(@role='img') and not(@aria-hidden) and not(ancestor::svg)]")
                .isEmpty
        )
        let levels = try page.document.nodes(forXPath: "//h1 | //h2 | //h3").compactMap {
            $0.name?.last?.wholeNumberValue
        }
        #expect(levels.first == 1)
        #expect(zip(levels, levels.dropFirst()).allSatisfy { $1 <= $0 + 1 })
        #expect(try page.texts("//@id").count == Set(try page.texts("//@id")).count)
    }

    @Test(
        "names from outside are text",
        arguments: [
            "<script>alert(1)</script>.ledger", "a&b \"quoted\" 'too'.ledger", "{{verdict}}{{{name}}}",
            "\u{1}\u{202E}x\u{0}",
            "\"\u{301} onload=\"x", "<\u{338}b>", "]]>", "é🌻 \u{FFFE}",
        ]
    )
    func hostileNames(name: String) throws {
        let ledger = name.replacing("/", with: ":")
        let page = try Page(Self.report(name: ledger, runs: [Self.run(name, source: "in/" + ledger)]))
        let shown = String(
            String.UnicodeScalarView(
                ledger.unicodeScalars.map { scalar in
                    ["\u{0}", "\u{1}", "\u{202E}", "\u{FFFE}"].contains(scalar) ? "\u{FFFD}" : scalar
                }
            )
        )
        #expect(try page.texts("//h1") == [shown])
        #expect(try page.texts("//td[@data-label='Input']") == [shown])
        #expect(try page.document.nodes(forXPath: "//script | //b | //@onload").isEmpty)
    }

    @Test("a run of a second has no chart")
    func shortRun() throws {
        var run = Self.run(settled: [1, 8, 0])
        run.activity.tick = .milliseconds(500)
        run.activity.endedAt = run.activity.startedAt + 1.1
        #expect(try !ReportPage.html(Self.report(runs: [run])).contains("Throughput</h2>"))
        #expect(try ReportPage.html(Self.report()).contains("Throughput</h2>"))
    }

    @Test("all rows are known when a later run was meant for a wrong environment")
    func wrongEnvironment() throws {
        let runs = [Self.run(), Self.run("run-2", exitCode: 78, stoppedBy: "environment", settled: [0])]
        #expect(try Page(Self.report(runs: runs)).texts("//p[@class='verdict']") == ["All 60 rows are linked."])
    }

    @Test("latencies within one step of the scale are told without a chart, which would be a single bar")
    func oneStep() throws {
        let even = LatencyDistribution([65: 3, 66: 1])
        let page = try ReportPage.html(LedgerReport(name: "l", madeAt: moment, latency: even))
        #expect(!page.contains("id=\"latency-wide\""))
        #expect(page.contains("settled a row: 4 answers.</p>"))
        #expect(page.contains("Percentiles of latency"))
    }

    @Test("a ledger without anything")
    func empty() throws {
        let page = try Page(LedgerReport(name: "users.csv.ledger", madeAt: moment))
        #expect(try page.texts("//p[@class='verdict']") == ["Nothing was sent yet."])
        #expect(try page.document.nodes(forXPath: "//section | //ul | //dl | //table").isEmpty)
    }

    @Test("a run over an input without rows")
    func noRows() throws {
        let page = try Page(Self.report(counts: [:], runs: [Self.run(settled: [0])]))
        #expect(try page.texts("//p[@class='verdict']") == ["There are no rows."])
        #expect(try page.texts("//h2") == ["Latency", "Runs"])
    }

    @Test(
        "the verdict",
        arguments: [
            ([.linked: 1], "The one row is linked."), ([.linked: 2, .alreadyLinked: 1], "All 3 rows are linked."),
            ([.invalid: 1], "0 of 1 row are linked."), ([.linked: 1, .rejected: 1], "1 of 2 rows is linked."),
        ] as [([LinkState: Int], String)]
    )
    func verdict(counts: [LinkState: Int], text: String) throws {
        #expect(try Page(Self.report(counts: counts)).texts("//p[@class='verdict']") == [text])
    }

    @Test("a run that goes on, one that was killed, and one that was stopped")
    func runStates() throws {
        let live = try Page(
            Self.report(counts: [.linked: 9, .intended: 3], runs: [Self.run(state: .goingOn, exitCode: nil)])
        )
        #expect(
            try live.texts("//ul[@class='steps']/li") == [
                "A run is going on: make this report again when it has ended."
            ]
        )
        #expect(try live.texts("//p[@class='made']")[0].contains("UTC, while a run was going on."))
        #expect(try live.texts("//section[h2='Runs']//td[@data-label='Took']") == ["3.0 s so far"])

        let killed = try Page(Self.report(runs: [Self.run(state: .killed, exitCode: nil)]))
        #expect(
            try killed.texts("//ul[@class='steps']/li") == [
                "The last run was killed before it had ended: run the same command again to go on."
            ]
        )
        #expect(try killed.texts("//td[@data-label='Which means']") == ["killed before it had endedrun run-1"])
        #expect(try killed.texts("//section[h2='Runs']//td[@data-label='Took']") == ["3.0 s or more"])
        #expect(try killed.texts("//td[@data-label='Requests']") == ["1,060 (3 × 429) or more"])
        #expect(try live.texts("//td[@data-label='Requests']") == ["1,060 (3 × 429) or more"])

        let stopped = try Page(Self.report(runs: [Self.run(exitCode: 3, stoppedBy: "max-duration")]))
        #expect(
            try stopped.texts("//ul[@class='steps']/li") == [
                "The last run stopped before its end: run the same command again to go on."
            ]
        )
        #expect(
            try stopped.texts("//td[@data-label='Which means']") == ["stopped on purpose (max-duration)run run-1"]
        )
    }

    @Test(
        "rows that a run has not come to are in no verdict, and what to do first depends on why it stopped",
        arguments: [
            (143, "run the same command again to go on"),
            (77, "correct the credentials or their permissions, then run the same command again"),
            (69, "find out whether PingOne can be reached and what it refuses, then run the same command again"),
        ]
    )
    func stoppedEarly(exitCode: Int, remedy: String) throws {
        let runs = [
            Self.run(exitCode: exitCode, stoppedBy: "a reason"), Self.run("run-2", kind: .undoing, source: "undo"),
        ]
        let page = try Page(Self.report(counts: [.linked: 2], runs: runs))
        #expect(try page.texts("//p[@class='verdict']") == ["2 of 2 rows dealt with so far are linked."])
        #expect(
            try page.texts("//td[@data-label='Which means']").first == "every link is removedrun run-2"
        )
        let last = try Page(Self.report(counts: [.linked: 2], runs: [runs[0]]))
        #expect(try last.texts("//ul[@class='steps']/li") == ["The last run stopped before its end: \(remedy)."])
    }

    @Test("forty runs are all in the table, the latest first, and the latest six are drawn")
    func manyRuns() throws {
        let runs = (1...40).map { number in
            Self.run("run-\(number)", startingAt: moment + Double(number) * 3600)
        }
        let page = try Page(Self.report(runs: runs))
        let rows = try page.texts("//section[h2='Runs']//tbody/tr/td[7]")
        #expect(rows.isEmpty)
        #expect(try page.texts("//section[h2='Runs']//tbody/tr/th").count == 40)
        #expect(try page.texts("//section[h2='Runs']//tbody/tr/th").first == "2026-03-02 20:05:06")
        #expect(try page.texts("//figure/h3").count == 6)
        #expect(try page.texts("//figure/h3").first == "users.csv, 2026-03-02 20:05:06")
        #expect(page.html.contains("The latest 6 of 40 runs that sent rows are drawn."))
    }

    @Test("many causes are summed up behind the most frequent ones")
    func manyCauses() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("users.csv.ledger")
        let ledger = try openRun(path)
        try ledger.recordInvalid(
            (1...34).map { InvalidRow(line: $0, content: 1, errorCode: "RULE_\($0)", errorDetail: "wrong") }
        )
        try ledger.finish()
        let page = try Page(LedgerReport(ledger: SQLiteFile(path), now: moment))
        #expect(try page.texts("//section[h2='What went wrong']//tbody/tr").count == 30)
        #expect(
            try page.texts("//section[h2='What went wrong']/p")
                == ["And 4 rows with 4 other causes: pinglink export lists them all."]
        )
    }

    @Test("no id of a user, an account or a link is in it, and no text of a row")
    func secrecy() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("users.csv.ledger")
        let ledger = try openRun(path, source: "planted-folder/users.csv")
        let wanted = candidate(1, account: "planted-account")
        try ledger.settle(
            wanted,
            as: Settlement(
                state: .rejected,
                linkedAccountID: "planted-link",
                httpStatus: 400,
                errorCode: "INVALID_DATA",
                errorID: "planted-error",
                correlationID: "planted-correlation"
            )
        )
        try ledger.recordInvalid([
            InvalidRow(
                line: 3,
                content: 1,
                errorCode: "ATTRIBUTE_NAMED_TWICE",
                errorDetail: "the attribute \"planted-name\" is named twice",
                environment: environment,
                userID: "planted-user",
                identityProviderID: provider,
                externalID: "planted-account-2"
            )
        ])
        try ledger.finish(rows: 2, sha256: "planted-digest", exitCode: 1)
        let html = try ReportPage.html(LedgerReport(ledger: SQLiteFile(path), now: moment))
        #expect(html.contains("INVALID_DATA") && html.contains("ATTRIBUTE_NAMED_TWICE"))
        for secret in ["planted", wanted.key.userID, environment, provider] {
            #expect(!html.contains(secret), "\(secret) is in the page")
        }
    }
}
