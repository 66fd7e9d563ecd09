import FoundationEssentials
import Ledger
import LinkImport
import LinkRows
import Mustache

/// A report as one HTML page that needs nothing else: no script, no other file, no network.
package enum ReportPage {
    /// The whole page, well-formed as XML too.
    ///
    /// `refresh`: the seconds after which a browser is to look again; nil for a page that stays as it is.
    package static func html(_ report: LedgerReport, refresh: Int? = nil) throws -> String {
        MustacheContentTypes.register(XMLContent(), named: XMLContent.name)
        var library = MustacheLibrary()
        for (name, text) in ReportTemplate.all {
            // A template that is included does not take over how the one around it escapes.
            try library.register("{{% CONTENT_TYPE: \(XMLContent.name)}}" + text, named: name)
        }
        return library.render(ReportView(report, refresh: refresh), withTemplate: ReportTemplate.page) ?? ""
    }
}

/// What the templates show: finished texts and pictures, under the names that stand in the templates.
struct ReportView {
    let name: String
    let madeAt: String
    let verdict: String
    /// Which environment the figures are of; nil where it is not known.
    let environment: String?
    let inputs: [InputRow]
    let hasInputs: Bool
    let warnings: [String]
    let hasWarnings: Bool
    /// `Import report`.
    let title: String
    /// `linked`: what a row is to be.
    let done: String
    let doneHeading: String
    let isGoingOn: Bool
    let refresh: Int?
    let tiles: [Tile]
    let steps: [String]
    let outcomes: Outcomes?
    let charts: [RunChart]
    let hiddenCharts: String?
    let hasPace: Bool
    let hasPermitted: Bool
    let latency: Latency?
    let causes: [CauseRow]
    let hiddenCauses: String?
    let verification: VerificationView?
    let runs: [RunRow]
    let hasTiles: Bool
    let hasSteps: Bool
    let hasCharts: Bool
    let hasCauses: Bool
    let hasRuns: Bool

    init(_ report: LedgerReport, refresh: Int? = nil) {
        self.refresh = refresh
        title = report.kind == .unlinking ? "Unlinking report" : "Import report"
        done = LinkState.linked.word(in: report.kind)
        doneHeading = done.prefix(1).uppercased() + done.dropFirst()
        name = report.name
        madeAt = ReportText.time(report.madeAt)
        verdict = Self.verdict(report)
        environment = report.environment.map { "Environment \($0.id) at \($0.host)." }
        inputs =
            report.inputs.count > 1 || report.inputs.contains { !$0.gone.isEmpty }
            ? report.inputs.map(InputRow.init) : []
        hasInputs = !inputs.isEmpty
        warnings = report.warnings.map(\.text)
        hasWarnings = !warnings.isEmpty
        isGoingOn = report.isGoingOn
        tiles = Tile.all(report)
        steps = Self.steps(report, isRenewed: refresh != nil)
        outcomes = report.rows > 0 ? Outcomes(report) : nil
        // What was over in a moment is one bar, which shows nothing.
        let drawn = report.runs.filter { run in
            run.activity.settled.contains { $0 > 0 }
                && (ThroughputChart(activity: run.activity).span > 2
                    || run.activity.endedAt.timeIntervalSince(run.activity.startedAt) >= 2)
        }
        charts = drawn.suffix(Self.mostCharts).reversed().map(RunChart.init)
        hiddenCharts =
            drawn.count > Self.mostCharts
            ? "The latest \(Self.mostCharts) of \(drawn.count) runs that sent rows are drawn." : nil
        hasPace = drawn.suffix(Self.mostCharts).contains { !$0.activity.pace.isEmpty }
        hasPermitted = charts.contains { $0.hasPermitted }
        latency = Latency(report.latency)
        let groups = report.causes.sorted
        causes = groups.prefix(Self.mostCauses).map(CauseRow.init)
        let hidden = groups.dropFirst(Self.mostCauses)
        hiddenCauses =
            hidden.isEmpty
            ? nil
            : "And \(ReportText.counted(hidden.reduce(0) { $0 + $1.rows }, "row")) with "
                + "\(ReportText.counted(hidden.count, "other cause")): pinglink export lists them all."
        verification = report.verification.map(VerificationView.init)
        runs = report.runs.reversed().map(RunRow.init)
        // A section of a list in a template stands there once for each of its entries.
        hasTiles = !tiles.isEmpty
        hasSteps = !steps.isEmpty
        hasCharts = !charts.isEmpty
        hasCauses = !causes.isEmpty
        hasRuns = !runs.isEmpty
    }

    private static let mostCharts = 6
    private static let mostCauses = 30

    private static func verdict(_ report: LedgerReport) -> String {
        let rows = report.rows
        let linked = report.count(.linked, .alreadyLinked)
        let word = LinkState.linked.word(in: report.kind)
        if rows == 0 { return report.runs.isEmpty ? "Nothing was sent yet." : "There are no rows." }
        if linked == rows, report.knowsAllRows {
            return rows == 1 ? "The one row is \(word)." : "All \(ReportText.number(rows)) rows are \(word)."
        }
        let unsent = report.unsent > 0 && !report.isGoingOn ? ", \(ReportText.number(report.unsent)) not sent yet" : ""
        return "\(ReportText.number(linked)) of \(report.extent) \(linked == 1 ? "is" : "are") \(word)\(unsent)."
    }

    /// What somebody has to do, the most pressing first.
    private static func steps(_ report: LedgerReport, isRenewed: Bool) -> [String] {
        var steps: [String] = []
        if report.isGoingOn {
            if !isRenewed { steps.append("A run is going on: make this report again when it has ended.") }
        } else {
            if report.unsent > 0 {
                steps.append("Run the same command again: \(ReportText.counted(report.unsent, "row")) not sent yet.")
            }
            let open = report.count(.failed, .unsettled, .intended)
            if open > 0 {
                steps.append(
                    "Run the same command again: it sends or settles \(ReportText.counted(open, "row")) with which "
                        + "nothing is wrong."
                )
            }
            if report.runs.last?.state == .killed {
                steps.append("The last run was killed before it had ended: run the same command again to go on.")
            } else if let record = report.runs.last?.record, record.stoppedBy != nil {
                steps.append("The last run stopped before its end: \(ExitMeaning.remedy(record.exitCode)).")
            }
        }
        let wrong = report.count(.rejected, .invalid)
        if wrong > 0 {
            steps.append(
                "Correct \(ReportText.counted(wrong, "row")) in the file of rejects beside the input, where each has its "
                    + "hint, and \(report.runs.last?.record.kind == .unlinking ? "unlink" : "import") that file."
            )
        }
        let mismatches = report.verification.map { record in
            [.missing, .different, .extra].reduce(0) { $0 + record.counts[$1, default: 0] }
        }
        if let mismatches, mismatches > 0 {
            steps.append(
                "Look into \(ReportText.counted(mismatches, "link")) that the verification found missing, different or "
                    + "extra; import --retry missing makes missing ones."
            )
        }
        return steps
    }
}

extension LinkState {
    /// The order in which people want to read them.
    static let reportOrder: [LinkState] = [
        .linked, .alreadyLinked, .rejected, .invalid, .failed, .unsettled, .intended, .undone,
    ]

    /// For people who have not read the manual.
    func meaning(in kind: RunKind) -> String {
        switch self {
        case .linked where kind == .unlinking: "The link was deleted by these runs."
        case .alreadyLinked where kind == .unlinking: "The link was not there."
        case .failed where kind == .unlinking: "Did not get through, the link is as it was: the next run tries again."
        case .unsettled where kind == .unlinking: "It is not known whether the link is gone: the next run looks it up."
        case .linked: "Linked by these runs."
        case .alreadyLinked: "The link was there before."
        case .rejected: "PingOne refused the row: its data must change."
        case .invalid: "Not fit to be sent: its data must change."
        case .failed:
            "Did not get through, and was not linked when it was last looked at: the next run sends it again, and reads first where a reply was lost."
        case .unsettled: "Outcome unknown: the next run looks it up, then sends it if need be."
        case .intended: "On its way, or was when a run was killed: the next run looks it up."
        case .undone: "Linked by these runs and removed again by undo."
        }
    }
}

/// What an exit code of this program means, in a few words.
enum ExitMeaning {
    /// What to do when a run has stopped with it.
    static func remedy(_ code: Int?) -> String {
        let cause: String? =
            switch code {
            case 65: "correct the input"
            case 69: "find out whether PingOne can be reached and what it refuses"
            case 73, 74: "make room for the ledger and the other files"
            case 77: "correct the credentials or their permissions"
            case 78: "correct the environment or the identity provider"
            default: nil
            }
        return cause.map { "\($0), then run the same command again" } ?? "run the same command again to go on"
    }

    static func text(_ code: Int, of kind: RunKind) -> String {
        switch code {
        case 0 where kind == .undoing: "every link is removed"
        case 1 where kind == .undoing: "finished, some links are left"
        case 0 where kind == .unlinking: "no row's link is there"
        case 1 where kind == .unlinking: "finished, some rows are not unlinked"
        case 0: "every row is linked"
        case 1: "finished, some rows are not linked"
        case 3: "stopped on purpose"
        case 65: "the input is broken"
        case 66: "the input cannot be read"
        case 69: "PingOne could not be reached, or too many rows failed"
        case 73: "the ledger cannot be created"
        case 74: "a file cannot be written"
        case 77: "credentials or permissions refused"
        case 78: "wrong configuration"
        case 129: "hung up (SIGHUP), drained"
        case 130: "interrupted (SIGINT), drained"
        case 143: "terminated (SIGTERM), drained"
        default: "see the manual"
        }
    }
}
