package import Ledger
import Locking
package import Pacing
import PingOneAPI
package import PingOneClient

/// Removes from PingOne the links that a ledger's runs have made, through the workers, the pace and the tokens of an
/// import.
///
/// A link is marked in the ledger before its DELETE leaves, so that a run that dies leaves no row that claims to be linked
/// and is not. The next run goes on with the marked ones.
package final class UndoRun: Sendable {
    private let ledger: any Ledger
    private let session: APISession
    private let options: Options
    private let report: @Sendable (RunEvent) -> Void
    private let watch: FailureWatch
    private let tally = HotMutex(Counts())
    private let workTally = WorkTally()

    package struct Options: Sendable {
        /// In the ledger's list of runs.
        package var runID: String
        package var choice: UndoChoice
        /// Requests in flight, 1 to 250.
        package var concurrency: Int
        package var breaker: Breaker

        package init(
            runID: String,
            choice: UndoChoice,
            concurrency: Int = 32,
            breaker: Breaker = Breaker(.percent(50))
        ) {
            self.runID = runID
            self.choice = choice
            self.concurrency = concurrency
            self.breaker = breaker
        }
    }

    package struct Counts: Sendable, Equatable {
        /// Gone from PingOne.
        package var undone = 0
        /// Still there: refused, or not to be reached.
        package var kept = 0
        /// A removal may have been carried out.
        package var unsettled = 0
    }

    /// How the run ended.
    package struct Report: Sendable, Equatable {
        package var runID: String
        /// The links that were to be removed.
        package var links: Int
        package var counts: Counts
        /// Links that are known from a read-back only and were not chosen.
        package var leftOut: Int
        /// Rows of which it is not known whether they are linked.
        package var inDoubt: Int
        package var stop: RunStop?
        package var requests: Int
        package var throttled: Int
        package var duration: Duration

        /// What would be done: nothing was yet.
        package init(planned extent: UndoExtent) {
            self.init(
                runID: "",
                links: extent.links,
                counts: Counts(),
                leftOut: extent.leftOut,
                inDoubt: extent.inDoubt,
                requests: 0,
                throttled: 0,
                duration: .zero
            )
        }

        init(
            runID: String,
            links: Int,
            counts: Counts,
            leftOut: Int,
            inDoubt: Int = 0,
            stop: RunStop? = nil,
            requests: Int,
            throttled: Int,
            duration: Duration
        ) {
            self.runID = runID
            self.links = links
            self.counts = counts
            self.leftOut = leftOut
            self.inDoubt = inDoubt
            self.stop = stop
            self.requests = requests
            self.throttled = throttled
            self.duration = duration
        }

        /// Links that were not tried.
        package var unsent: Int { links - counts.undone - counts.kept - counts.unsettled }

        /// 0 when all chosen links are gone, and there may be no others.
        package var exitCode: Int32 { stop?.exitCode ?? (counts.undone == links && inDoubt == 0 ? 0 : 1) }
    }

    private var control: RunControl { session.control }

    /// `report` is called on any thread, also on several at once.
    package init(
        _ ledger: any Ledger,
        session: APISession,
        options: Options,
        report: @escaping @Sendable (RunEvent) -> Void
    ) {
        self.ledger = ledger
        self.session = session
        self.options = options
        self.report = report
        watch = FailureWatch(.removing, breaker: options.breaker, control: session.control)
    }

    /// What is done so far; may be asked on any thread.
    package var counts: Counts { tally.withLock { $0 } }

    /// How far the workers are; may be asked on any thread.
    package var work: WorkCounts { workTally.counts }

    /// Blocks until every link has its end.
    ///
    /// - Parameter extent: what ``Ledger/undoExtent(_:)`` has returned.
    /// - Returns: what was done, also where something has stopped it.
    /// - Throws: `LedgerError`.
    package func run(_ extent: UndoExtent) throws(LedgerError) -> Report {
        let startedAt = session.time.now
        try ledger.beginRun(
            RunStart(
                .undoing,
                id: options.runID,
                source: "undo",
                inputName: "undo",
                place: session.place
            )
        )
        try session.begin(over: ledger)
        try session.work(workers: options.concurrency, report: report, submit: submitLinks)
        try ledger.flush()
        let (requests, throttled) = session.requestCounts
        let result = Report(
            runID: options.runID,
            links: extent.links,
            counts: counts,
            leftOut: extent.leftOut,
            inDoubt: extent.inDoubt,
            stop: control.reason,
            requests: requests,
            throttled: throttled,
            duration: startedAt.duration(to: session.time.now)
        )
        try ledger.endRun(
            RunEnd(
                rows: result.links,
                sha256: nil,
                exitCode: Int(result.exitCode),
                stoppedBy: result.stop?.name
            )
        )
        return result
    }

    /// The first link alone: if it is refused, others need not be tried.
    private func submitLinks(to workers: WorkerPool) throws(LedgerError) {
        var last: Ticket?
        while !control.signal.isRaised {
            let count = last == nil ? 1 : max(16, 2 * options.concurrency)
            let rows = try ledger.beginUndoing(options.choice, after: last, count: count)
            guard let end = rows.last?.ticket else { return }
            last = end
            for row in rows {
                workTally.giveOut()
                workers.submitRow { [self] caller, isCanary in
                    remove(row, caller, isCanary: isCanary)
                    workTally.end()
                }
            }
        }
    }

    private func remove(_ row: ResultRow, _ caller: APICaller, isCanary: Bool) {
        guard let ticket = row.ticket, let user = row.userID, let link = row.linkedAccountID
        else { preconditionFailure("line \(row.line) has no link to remove") }
        caller.obey(ledger, for: ticket)
        let removal = LinkRemoval(caller: caller, session: session)
        let ending = removal.remove(link, ofUser: user, isInDoubt: row.state != .linked)
        func failed(_ problem: RowProblem, isRefusal: Bool) {
            watch.note(.init(problem, isRefusal: isRefusal), isCanary: isCanary)
        }
        switch ending {
        case .undone:
            watch.note(nil, isCanary: isCanary)
            end(row, ticket, as: .undone) { $0.undone += 1 }
        case .refused(let problem):
            failed(problem, isRefusal: true)
            end(row, ticket, as: .kept, problem) { $0.kept += 1 }
        case .kept(let problem?):
            failed(problem, isRefusal: false)
            end(row, ticket, as: .kept, problem) { $0.kept += 1 }
        case .kept(nil):
            end(row, ticket, as: .kept) { _ in }
        case .unknown(let problem):
            failed(problem, isRefusal: false)
            tally.withLock { $0.unsettled += 1 }
            report(.rowStandsOut(line: row.line, as: "unsettled", problem: problem))
        }
    }

    private func end(
        _ row: ResultRow,
        _ ticket: Ticket,
        as outcome: UndoOutcome,
        _ problem: RowProblem? = nil,
        _ add: @escaping @Sendable (inout Counts) -> Void
    ) {
        ledger.endUndoing(ticket, as: outcome) { [self] result in
            switch result {
            case .success(.kept): tally.withLock { add(&$0) }
            case .success(.lost): tally.withLock { $0.unsettled += 1 }
            case .failure(let error):
                control.stop(.ledger(error))
                tally.withLock { $0.unsettled += 1 }
            }
        }
        if let problem { report(.rowStandsOut(line: row.line, as: "not removed", problem: problem)) }
    }
}
