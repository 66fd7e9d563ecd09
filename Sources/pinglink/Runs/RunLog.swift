import LinkImport
import LinkRows
import Logging
import PingOneClient
import Synchronization

/// What a run says while it goes on: each kind of trouble a few times and then in sums, not a million times.
final class RunLog: Sendable {
    /// Rows that have the same cause.
    private struct Tally {
        var count = 0
        var firstLine = Int.max
    }

    private struct State {
        var tallies: [String: Tally] = [:]
        var warnings: Set<String> = []
        var hasSaidWhereAllAre = false
    }

    /// How many rows of one cause are named; the result files have them all.
    private static let namedRows = 3
    /// At how many rows of one cause they are summed up before the end.
    private static let milestones: Set = [100, 1000, 10_000, 100_000, 1_000_000, 10_000_000]
    /// How many causes are told apart, whatever a server makes up.
    private static let mostCauses = 100

    private let logger: Logger
    private let whereabouts: Whereabouts
    private let state = Mutex(State())
    /// Where all rows are, of which only the first are named here.
    private let whereAllAre: String

    init(logger: Logger, whereabouts: Whereabouts, whereAllAre: String) {
        self.logger = logger
        self.whereabouts = whereabouts
        self.whereAllAre = whereAllAre
    }

    /// Safe on any thread.
    var note: @Sendable (RunEvent) -> Void {
        { [self] event in
            switch event {
            case .notice(let text): logger.info("\(text)")
            case .warning(let text):
                if state.withLock({ $0.warnings.insert(text).inserted }) { logger.warning("\(text)") }
            case .rowStandsOut(let line, let what, let problem): note(line, what, problem)
            }
        }
    }

    private func note(_ line: Int, _ what: String, _ problem: RowProblem?) {
        let (cause, tally, isFirstUnnamed) = state.withLock { state in
            var cause = Self.cause(what, problem)
            if state.tallies[cause] == nil, state.tallies.count >= Self.mostCauses { cause = "\(what): other causes" }
            var tally = state.tallies[cause, default: Tally()]
            tally.count += 1
            tally.firstLine = min(tally.firstLine, line)
            state.tallies[cause] = tally
            let isFirstUnnamed = tally.count > Self.namedRows && !state.hasSaidWhereAllAre
            if isFirstUnnamed { state.hasSaidWhereAllAre = true }
            return (cause, tally, isFirstUnnamed)
        }
        logger.log(
            level: tally.count <= Self.namedRows ? .warning : .debug,
            "line \(line): \([what, problem?.summary ?? ""].filter { !$0.isEmpty }.joined(separator: ": "))",
            metadata: ["line": .stringConvertible(line)]
        )
        if isFirstUnnamed, logger.logLevel > .debug {
            logger.warning("more rows like these are only counted; \(whereAllAre), or use -v")
        }
        if Self.milestones.contains(tally.count) { say(cause, tally, " so far") }
    }

    /// The cause without what differs from row to row.
    private static func cause(_ what: String, _ problem: RowProblem?) -> String {
        guard let problem else { return what }
        let cause = problem.httpStatus == nil ? problem.cause : problem.summary
        return cause.isEmpty ? what : "\(what): \(cause)"
    }

    private func say(_ cause: String, _ tally: Tally, _ far: String = "") {
        logger.warning(
            "\(DigitGroups.text(tally.count)) rows\(far): \(cause); first line \(tally.firstLine)",
            metadata: ["count": .stringConvertible(tally.count), "first_line": .stringConvertible(tally.firstLine)]
        )
    }

    /// Sums up the rows that were not named one by one.
    func summarizeRows() {
        let tallies = state.withLock { $0.tallies }.filter { $0.value.count > Self.namedRows }
        for (cause, tally) in tallies.sorted(by: { ($0.value.firstLine, $0.key) < ($1.value.firstLine, $1.key) }) {
            say(cause, tally)
        }
    }

    /// Rows that are not linked because they are not to be: nothing else names them.
    func tell(undone count: Int) {
        guard count > 0 else { return }
        logger.warning(
            count == 1
                ? "1 row is not linked: undo has removed its link. --retry undone makes it again."
                : "\(DigitGroups.text(count)) rows are not linked: undo has removed the links. --retry undone makes them again."
        )
    }

    /// What the rows came to, why the run ended before its input, and what could not be written.
    func summarize(_ stop: RunStop?, _ error: ResultFileError? = nil) {
        summarizeRows()
        if let stop { logger.log(level: stop.isOnPurpose ? .notice : .error, "\(whereabouts.message(for: stop))") }
        if let error { logger.error("\(error)") }
    }
}
