/// The way of one POST that must not be carried out twice, without its I/O: what to do next, given what is known. Whoever
/// does it asks ``next(isStopped:)``, does that, and tells with ``posted(_:)`` or ``read(_:)`` what came of it, until there
/// is an end.
///
/// The rules, each of them checked over all sequences of answers in the tests:
/// - After a POST that may have been carried out, no other one leaves before a reading that does not show its result.
/// - PingOne is eventually consistent, so such a reading permits the next POST and proves nothing else: a refusal after a
///   doubt is read again, with backoff, as often as there are attempts. What was ever in doubt is never refused because
///   something exists that was not seen.
/// - An end as made needs an answer or a reading that says so.
package struct Delivery: Sendable, Equatable {
    package enum Step: Sendable, Equatable {
        /// Let the backoff pass, or `retryAfter` where that is longer; `failures` counts from 1.
        case wait(failures: Int, retryAfter: Duration?)
        /// Read what is there.
        case read
        /// `isRetry`: whether it repeats an attempt that failed.
        case post(isRetry: Bool)
        case end(End)
    }

    /// What a POST met.
    package enum Answer: Sendable, Equatable {
        /// It was carried out.
        case made
        /// Refused: sending the same again gets the same answer.
        case refused(RowProblem)
        /// Refused because something exists, which may be what this very POST was to make.
        case conflict(RowProblem)
        /// It may have been carried out. `isPause`: all workers wait for it already, and it uses up no attempt.
        case inDoubt(RowProblem, retryAfter: Duration?, isPause: Bool = false)
        /// It certainly was not carried out, and may be another time.
        case notDone(RowProblem, retryAfter: Duration?, isPause: Bool = false)
        /// The run has ended, and the last time it was sent it certainly was not carried out.
        case stopped
    }

    package enum Reading: Sendable, Equatable {
        case there
        case absent
        /// Nobody can say.
        case unknown(RowProblem)
    }

    package enum End: Sendable, Equatable {
        /// A POST was answered so.
        case made
        /// It is there. `isOurs`: a POST of this ledger may have made it, rather than that it was there before.
        case found(isOurs: Bool)
        case refused(RowProblem)
        /// The attempts are used up, or the run has ended, and it was not there when it was read last, if it was. Where it
        /// was ever in doubt, the next run reads it first.
        case failed(RowProblem)
        /// `isRefused`: every POST was refused, so that whatever is found later, they have not made it.
        case unsettled(RowProblem, isRefused: Bool = false)
        /// As if it had never been begun.
        case withdrawn
    }

    /// What has to be found out before anything else is done.
    private enum Question: Sendable, Equatable {
        case nothing
        /// Whether a POST was carried out; so many readings have not shown it.
        case outcome(readings: Int)
        /// Whether what a POST was refused for is what it was to make.
        case conflict(RowProblem)
        /// The same after a doubt, for any refusal; so many readings have not shown it.
        case refusal(RowProblem, isConflict: Bool, readings: Int)
    }

    package let maxAttempts: Int
    /// Whether something that was made shortly before, by whomever, may be what a POST was refused for.
    private let rereadsConflicts: Bool
    /// Attempts that count: `--attempts`.
    package private(set) var attempts = 0
    /// Whether a POST may have been carried out at any time, in this run or an earlier one.
    package private(set) var wasEverInDoubt: Bool
    private var question: Question
    private var wait: Step?
    /// Whether a POST of this run may have been carried out.
    private var wasDoubtedNow = false
    private var ended: End?
    /// What the last attempt met; nil before the first one.
    private var problem: RowProblem?

    /// - Parameters:
    ///   - maxAttempts: at least 1.
    ///   - isInDoubt: whether it must be read before it is sent.
    ///   - wasEverInDoubt: whether a POST of an earlier run may have been carried out.
    ///   - rereadsConflicts: whether a conflict is read again with backoff also where nothing was ever in doubt.
    package init(
        maxAttempts: Int,
        isInDoubt: Bool = false,
        wasEverInDoubt: Bool = false,
        rereadsConflicts: Bool = false
    ) {
        self.maxAttempts = maxAttempts
        self.rereadsConflicts = rereadsConflicts
        self.wasEverInDoubt = wasEverInDoubt
        question = isInDoubt ? .outcome(readings: 0) : .nothing
    }

    /// `isStopped`: whether the run has ended; then nothing is begun.
    package mutating func next(isStopped: Bool) -> Step {
        if let ended { return .end(ended) }
        if isStopped { return .end(endWhenStopped) }
        if let wait = wait.take() { return wait }
        guard question == .nothing else { return .read }
        return attempts < maxAttempts ? .post(isRetry: attempts > 0) : .end(.failed(lastProblem))
    }

    private var endWhenStopped: End {
        switch question {
        case .conflict: .unsettled(.stoppedBeforeReadBack, isRefused: true)
        case .refusal where !wasEverInDoubt: .unsettled(.stoppedBeforeReadBack, isRefused: true)
        case .refusal(let problem, _, _): .unsettled(problem.withReadBack(.stoppedBeforeReadBack))
        // What this run has not put in doubt is what it was before.
        case .nothing: wasDoubtedNow ? .failed(lastProblem) : .withdrawn
        case .outcome: wasDoubtedNow ? .unsettled(lastProblem) : .withdrawn
        }
    }

    private var lastProblem: RowProblem { problem ?? RowProblem() }

    /// What the POST met that ``next(isStopped:)`` has asked for.
    package mutating func posted(_ answer: Answer) {
        switch answer {
        case .stopped: ended = endWhenStopped
        case .made: end(.made)
        case .refused(let problem) where wasEverInDoubt: ask(.refusal(problem, isConflict: false, readings: 0))
        case .refused(let problem): end(.refused(problem))
        case .conflict(let problem) where wasEverInDoubt || rereadsConflicts:
            ask(.refusal(problem, isConflict: true, readings: 0))
        case .conflict(let problem): ask(.conflict(problem))
        case .inDoubt(let problem, let retryAfter, let isPause):
            wasEverInDoubt = true
            wasDoubtedNow = true
            question = .outcome(readings: 0)
            failed(problem, retryAfter, isPause)
        case .notDone(let problem, let retryAfter, let isPause): failed(problem, retryAfter, isPause)
        }
    }

    private mutating func end(_ end: End) {
        attempts += 1
        ended = end
    }

    private mutating func ask(_ question: Question) {
        attempts += 1
        self.question = question
    }

    private mutating func failed(_ problem: RowProblem, _ retryAfter: Duration?, _ isPause: Bool) {
        self.problem = problem
        guard !isPause else { return }
        attempts += 1
        wait = .wait(failures: attempts, retryAfter: retryAfter)
    }

    /// What the reading has shown that ``next(isStopped:)`` has asked for.
    package mutating func read(_ reading: Reading) {
        switch (reading, question) {
        case (_, .nothing): preconditionFailure("nothing was to be read")
        case (.there, _): ended = .found(isOurs: wasEverInDoubt)
        case (.absent, .outcome) where attempts < maxAttempts: question = .nothing
        case (.absent, .outcome(let readings)) where readings + 1 < maxAttempts:
            // No other POST will tell: the list gets the time that it may need.
            question = .outcome(readings: readings + 1)
            wait = .wait(failures: readings + 1, retryAfter: nil)
        case (.absent, .outcome): ended = .failed(lastProblem)
        case (.absent, .conflict(let problem)): ended = .refused(problem)
        case (.absent, .refusal(let problem, let isConflict, let readings)):
            guard readings + 1 == maxAttempts else {
                question = .refusal(problem, isConflict: isConflict, readings: readings + 1)
                wait = .wait(failures: readings + 1, retryAfter: nil)
                return
            }
            ended = isConflict && wasEverInDoubt ? .unsettled(problem.withReadBack(.notShown)) : .refused(problem)
        case (.unknown(let reading), .outcome):
            ended = .unsettled(problem?.withReadBack(reading) ?? reading, isRefused: !wasEverInDoubt)
        case (.unknown(let reading), .conflict): ended = .unsettled(reading, isRefused: true)
        case (.unknown(let reading), .refusal) where !wasEverInDoubt: ended = .unsettled(reading, isRefused: true)
        case (.unknown(let reading), .refusal(let problem, _, _)): ended = .unsettled(problem.withReadBack(reading))
        }
    }
}
