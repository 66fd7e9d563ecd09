import Dispatch
package import Ledger
import Locking
package import Pacing
package import PingOneClient
import Synchronization

/// Reads every linked row of a ledger back from PingOne and records what is there. Sends nothing but GETs.
///
/// Lists may be late: whatever does not match is read once more at the end, and only then it counts.
package final class VerifyRun: Sendable {
    private let ledger: any Ledger
    private let session: APISession
    private let options: Options
    private let report: @Sendable (RunEvent) -> Void
    private let watch: FailureWatch
    private let tally = HotMutex<[CheckResult: Int]>([:])
    private let workTally = WorkTally()
    private let suspects = Mutex<(found: [Suspect], lastRead: ContinuousClock.Instant?)>(([], nil))

    package struct Options: Sendable {
        /// Requests in flight, 1 to 250.
        package var concurrency: Int
        package var breaker: Breaker

        package init(concurrency: Int = 32, breaker: Breaker = Breaker(.percent(50))) {
            self.concurrency = concurrency
            self.breaker = breaker
        }
    }

    /// How a verification ended.
    package struct Report: Sendable, Equatable {
        /// All linked rows of the environment.
        package var rows: Int
        /// By result, with those of the interrupted verification that this one went on with; `unknown` are the rows that
        /// were not read, `extra` the links that no row accounts for.
        package var counts: [CheckResult: Int]
        package var stop: RunStop?
        package var requests: Int
        package var throttled: Int
        package var duration: Duration
        /// Users who are linked to more than one account at a provider.
        package var severalAccounts = 0

        /// Whether every row was read.
        package var isComplete: Bool { counts[.unknown, default: 0] == 0 }

        /// 0 when each row's link is there, and no other.
        package var exitCode: Int32 { stop?.exitCode ?? (counts.allSatisfy { $0 == .match || $1 == 0 } ? 0 : 1) }
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
        watch = FailureWatch(.reading, breaker: options.breaker, control: session.control)
    }

    /// What was found so far, for a line of progress; may be asked on any thread.
    package var counts: [CheckResult: Int] { tally.withLock { $0 } }

    /// How far the workers are; may be asked on any thread.
    package var work: WorkCounts { workTally.counts }

    /// Blocks until every row was looked at.
    ///
    /// - Parameter verification: what ``Ledger/beginVerification(environment:isAnew:)`` has returned. Whoever has taken
    ///   its results ends it with ``Ledger/endVerification()``, if it is complete.
    /// - Returns: what was found, also where something has stopped it.
    /// - Throws: `LedgerError`.
    package func run(_ verification: Verification) throws(LedgerError) -> Report {
        let startedAt = session.time.now
        try session.begin(over: ledger)
        try session.work(workers: options.concurrency, report: report, submit: submitUsers)
        var counts = try ledger.verificationCounts()
        let read = [CheckResult.match, .missing, .different].reduce(0) { $0 + counts[$1, default: 0] }
        counts[.unknown] = verification.rows - read
        let (requests, throttled) = session.requestCounts
        return Report(
            rows: verification.rows,
            counts: counts,
            stop: control.reason,
            requests: requests,
            throttled: throttled,
            duration: startedAt.duration(to: session.time.now),
            severalAccounts: verification.severalAccounts
        )
    }

    /// The first user alone: if none can be read, that is enough to know it. What is not as the ledger has it is looked at
    /// once more at the end.
    private func submitUsers(to workers: WorkerPool) throws(LedgerError) {
        let firstLooks = DispatchGroup()
        var place = 0
        var user: [ResultRow] = []
        func submit() {
            guard !user.isEmpty, !control.signal.isRaised else { return }
            let look = Look(rows: user, place: place - user.count, isLast: false)
            workTally.giveOut(user.count)
            firstLooks.enter()
            workers.submitRow { [self] caller, isCanary in
                take(look, caller, isCanary: isCanary)
                firstLooks.leave()
            }
        }
        while !control.signal.isRaised {
            let rows = try ledger.rowsToVerify(from: place, count: max(64, 4 * options.concurrency))
            for row in rows {
                if user.first?.userID?.lowercased() != row.userID?.lowercased() {
                    submit()
                    user = []
                }
                user.append(row)
                place += 1
            }
            if rows.isEmpty { break }
        }
        submit()
        firstLooks.wait()
        try submitSuspects(to: workers)
    }

    /// The users of whom something seemed to be missing or too much, when their lists have had time to catch up.
    private func submitSuspects(to workers: WorkerPool) throws(LedgerError) {
        let (suspects, lastRead) = suspects.withLock { ($0.found, $0.lastRead) }
        guard let lastRead else { return }
        session.time.wait(until: lastRead + Self.lateness, unless: control.signal)
        for suspect in suspects {
            if control.signal.isRaised { break }
            let rows = try ledger.rowsToVerify(from: suspect.place, count: suspect.rows)
            let look = Look(rows: rows, place: suspect.place, isLast: true)
            workers.submit { [self] caller in take(look, caller, isCanary: false) }
        }
    }

    /// How late a list is expected to be at most: PingOne is eventually consistent and gives no figure.
    private static let lateness = Duration.seconds(5)

    /// One reading of a user's links.
    private struct Look {
        /// All linked rows of the user.
        var rows: [ResultRow]
        /// Where they stand in the ledger's order, for another look.
        var place: Int
        /// Whether what it shows stands.
        var isLast: Bool
    }

    /// A user who is to be looked at again.
    private struct Suspect {
        var place: Int
        var rows: Int
    }

    private func take(_ look: Look, _ caller: APICaller, isCanary: Bool) {
        let rows = look.rows
        guard let user = rows.first?.userID else { return }
        let reader = LinkReader(caller: caller, session: session)
        switch reader.list(ofUser: user, tries: session.retryPolicy.maxAttempts) {
        case .stopped: workTally.end(rows.count)
        case .unknown(let problem, let isRefusal):
            watch.note(.init(problem, isRefusal: isRefusal), isCanary: isCanary)
            workTally.end(rows.count)
            count(rows.map { ($0.line, .unknown) }, problem)
        case .read(let accounts):
            watch.note(nil, isCanary: isCanary)
            let check = UserCheck(rows: rows, accounts: accounts)
            guard look.isLast || check.isMatch else {
                suspects.withLock { suspects in
                    suspects.found.append(Suspect(place: look.place, rows: rows.count))
                    suspects.lastRead = session.time.now
                }
                return
            }
            record(check, of: rows)
        }
    }

    private func record(_ check: UserCheck, of rows: [ResultRow]) {
        workTally.end(rows.count)
        let lines = zip(rows, check.findings).map { ($0.line, $1.result) }
        ledger.record(check) { [self] result in
            switch result {
            case .success: count(lines + check.extras.map { _ in (rows[0].line, .extra) }, nil)
            case .failure(let error): control.stop(.ledger(error))
            }
        }
    }

    private func count(_ found: [(line: Int, result: CheckResult)], _ problem: RowProblem?) {
        tally.withLock { tally in
            for (_, result) in found { tally[result, default: 0] += 1 }
        }
        for (line, result) in found where result != .match {
            report(.rowStandsOut(line: line, as: result.word, problem: problem))
        }
    }
}
