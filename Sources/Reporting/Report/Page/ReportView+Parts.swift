import FoundationEssentials
import Ledger

extension ReportView {
    /// A figure at the top.
    struct Tile {
        let figure: String
        let label: String
        let note: String

        static func all(_ report: LedgerReport) -> [Tile] {
            guard report.rows > 0 else { return [] }
            let linked = report.count(.linked, .alreadyLinked)
            let wrong = report.count(.rejected, .invalid)
            let open = report.count(.failed, .unsettled) + (report.isGoingOn ? 0 : report.count(.intended))
            let undone = report.count(.undone)
            var tiles = [
                Tile(
                    figure: ReportText.number(linked),
                    label: LinkState.linked.word(in: report.kind),
                    note: "\(ReportText.share(linked, of: report.rows)) of \(report.extent)"
                ),
                Tile(figure: ReportText.number(wrong), label: "to correct", note: "rejected or invalid"),
                Tile(figure: ReportText.number(open), label: "to run again", note: "failed or unsettled"),
            ]
            if report.isGoingOn {
                let figure = ReportText.number(report.count(.intended))
                tiles.append(Tile(figure: figure, label: "in flight", note: "sent, or about to be"))
            }
            if report.unsent > 0 {
                let note = report.isGoingOn ? "this run goes on" : "run the same command again"
                tiles.append(Tile(figure: ReportText.number(report.unsent), label: "not sent yet", note: note))
            }
            if undone > 0 {
                tiles.append(Tile(figure: ReportText.number(undone), label: "undone", note: "links removed again"))
            }
            return tiles
        }
    }

    /// The bar and its legend.
    struct Outcomes {
        struct Row {
            let state: String
            let rows: String
            let share: String
            let meaning: String
        }

        let wide: String
        let narrow: String
        let rows: [Row]

        init(_ report: LedgerReport) {
            let parts =
                LinkState.reportOrder.map {
                    OutcomeBar.Part(
                        name: $0.rawValue,
                        word: $0.word(in: report.kind),
                        rows: report.counts[$0, default: 0],
                        meaning: $0.meaning(in: report.kind)
                    )
                } + [
                    OutcomeBar.Part(
                        name: "unsent",
                        word: "unsent",
                        rows: report.unsent,
                        meaning: "Not sent yet: the next run sends it."
                    )
                ]
            let bar = OutcomeBar(parts: parts)
            wide = bar.svg(.wide)
            narrow = bar.svg(.narrow)
            rows = parts.filter { $0.rows > 0 }.map { part in
                Row(
                    state: part.word,
                    rows: ReportText.number(part.rows),
                    share: ReportText.share(part.rows, of: report.rows),
                    meaning: part.meaning
                )
            }
        }
    }

    /// One input in one environment.
    struct InputRow {
        let input: String
        let environment: String
        let host: String
        let linked: String
        let toCorrect: String
        let toRunAgain: String
        let unsent: String
        let gone: String

        init(_ record: InputRecord) {
            func sum(_ states: LinkState...) -> String {
                ReportText.number(states.reduce(0) { $0 + record.counts[$1, default: 0] })
            }
            input = ReportText.fileName(record.source)
            environment = record.environmentID
            host = record.host ?? ""
            linked = sum(.linked, .alreadyLinked)
            toCorrect = sum(.rejected, .invalid)
            toRunAgain = sum(.failed, .unsettled, .intended)
            unsent = ReportText.number(record.unsent)
            let gone = LinkState.reportOrder.compactMap { state in
                record.gone[state].map { "\(ReportText.number($0)) \(state.rawValue)" }
            }
            self.gone = gone.isEmpty ? "—" : gone.joined(separator: ", ")
        }
    }

    /// The throughput of one run.
    struct RunChart {
        let heading: String
        let summary: String
        let wide: String
        let narrow: String
        let hasPermitted: Bool

        init(_ run: LedgerReport.Run) {
            let chart = ThroughputChart(activity: run.activity)
            hasPermitted = !chart.permitted.isEmpty
            heading = "\(ReportText.fileName(run.record.source)), \(ReportText.time(run.activity.startedAt))"
            summary = chart.summary
            let id = "pace-\(Int64((run.activity.startedAt.timeIntervalSince1970 * 1000).rounded()))"
            wide = chart.svg(id: id, .wide)
            narrow = chart.svg(id: id, .narrow)
        }
    }

    /// The histogram and the percentiles.
    struct Latency {
        struct Percentile {
            let name: String
            let meaning: String
            let value: String
        }

        let wide: String
        let narrow: String
        let total: String
        let percentiles: [Percentile]
        /// A single bar shows nothing.
        let hasChart: Bool

        /// Nil without answers.
        init?(_ latency: LatencyDistribution) {
            guard let maximum = latency.maximum else { return nil }
            let chart = LatencyChart(latency: latency)
            wide = chart.svg(.wide)
            narrow = chart.svg(.narrow)
            total = ReportText.counted(latency.total, "answer")
            hasChart = latency.bins.count > 1
            let meanings = ["half of the answers", "9 of 10", "19 of 20", "99 of 100"]
            percentiles =
                zip(LatencyChart.shares, meanings).compactMap { share, meaning in
                    latency.percentile(share.share).map {
                        Percentile(name: share.name, meaning: meaning, value: ReportText.milliseconds($0))
                    }
                } + [Percentile(name: "slowest", meaning: "all of them", value: ReportText.milliseconds(maximum))]
        }
    }

    /// Rows with one cause.
    struct CauseRow {
        let rows: String
        let state: String
        let code: String
        let detail: String
        let examples: String
        let hint: String

        init(_ group: ProblemCauses.Group) {
            rows = ReportText.number(group.rows)
            state = group.cause.state.rawValue
            code = group.cause.code
            detail = group.cause.detail
            let named = group.examples.reduce(0) { $0 + $1.lines.count }
            let places = group.examples.map { example in
                "\(example.source): \(example.lines.count == 1 ? "line" : "lines") "
                    + example.lines.map(String.init).joined(separator: ", ")
            }
            examples = places.joined(separator: "; ") + (named < group.rows ? " …" : "")
            hint = group.cause.hint
        }
    }

    /// The last verification.
    struct VerificationView {
        struct Row {
            let result: String
            let links: String
            let meaning: String
            /// Good, bad, or nothing where there is none.
            let mark: String
        }

        let when: String
        let isUnfinished: Bool
        let isOutdated: Bool
        let rows: [Row]

        init(_ record: VerificationRecord) {
            let end = record.endedAt.map { ", ended \(ReportText.time($0))" } ?? ""
            when = "Begun \(ReportText.time(record.startedAt))\(end)."
            isUnfinished = record.endedAt == nil
            isOutdated = record.laterRuns > 0
            let results: [(CheckResult, String)] = [
                (.match, "The link is there."), (.missing, "PingOne does not have the link."),
                (.different, "The user is linked to another account there."),
                (.extra, "A link that no row accounts for."),
            ]
            rows = results.map { result, meaning in
                Row(
                    result: result.rawValue,
                    links: ReportText.number(record.counts[result, default: 0]),
                    meaning: meaning,
                    mark: record.counts[result, default: 0] == 0 ? "" : result == .match ? "good" : "bad"
                )
            }
        }
    }

    /// One run in the table of all.
    struct RunRow {
        let started: String
        let took: String
        let input: String
        let rows: String
        let requests: String
        let code: String
        let end: String
        let id: String
        let mark: String

        init(_ run: LedgerReport.Run) {
            let activity = run.activity
            started = ReportText.time(activity.startedAt)
            let length = DurationText.short(.seconds(max(0, activity.endedAt.timeIntervalSince(activity.startedAt))))
            input = ReportText.fileName(run.record.source)
            rows = run.record.rows.map(ReportText.number) ?? "—"
            // What a run that has not ended has sent since it noted this last, nobody knows.
            if let last = activity.pace.last, last.requests > 0 || run.state != .killed {
                requests =
                    ReportText.number(last.requests)
                    + (last.throttled > 0 ? " (\(ReportText.number(last.throttled)) × 429)" : "")
                    + (run.state == .ended ? "" : " or more")
            } else {
                requests = "—"
            }
            id = run.record.runID
            switch run.state {
            case .ended:
                took = length
                let exit = run.record.exitCode
                code = exit.map(String.init) ?? "—"
                let meaning = exit.map { ExitMeaning.text($0, of: run.record.kind) } ?? ""
                end = meaning + (run.record.stoppedBy.map { " (\($0))" } ?? "")
                mark = exit == 0 ? "good" : "bad"
            case .goingOn:
                took = "\(length) so far"
                code = "—"
                end = "going on"
                mark = "live"
            case .killed:
                took = "\(length) or more"
                code = "—"
                end = "killed before it had ended"
                mark = "bad"
            }
        }
    }
}
