import HTTPTransport
package import Ledger
import Pacing
import PingOneAPI

/// What became of one row that was handed to a worker.
package enum DeliveryOutcome: Sendable, Equatable {
    case settled(Settlement)
    /// Of a link whose removal was in doubt: whether it is gone. Nothing was sent, and nothing else has changed.
    case undoing(UndoOutcome)
    /// The run ended before the row was sent, or while it was certain that sending it had done nothing: as if it had
    /// never been taken.
    case withdrawn
}

/// Brings one row to its end: POST, and as long as its outcome is unknown no second POST before a read-back.
///
/// Belongs to one worker thread.
struct LinkDelivery {
    let caller: APICaller
    let session: APISession
    let runID: String

    /// What is known of the row at the moment.
    private enum Knowledge {
        /// Nothing was sent in this run, or what was sent certainly did nothing.
        case unlinked
        /// A POST may have been carried out.
        case inDoubt
    }

    /// Why the row's links are read before it is sent.
    enum Doubt: Equatable {
        /// An earlier run may have linked it.
        case linking
        /// Every POST of earlier runs is known to have been refused: whatever is there, they have not made it.
        case refusedLinking
        /// The link that this ledger has made may have been removed.
        case undoing(linkedAccountID: String?)
    }

    /// - Parameters:
    ///   - row: may have the user's name instead of the id.
    ///   - user: the user's id.
    ///   - doubt: nil where it is certain that no earlier run has linked the row.
    /// - Returns: what became of the row.
    func deliver(_ row: LinkRow, ofUser user: String, after doubt: Doubt? = nil) -> DeliveryOutcome {
        if case .undoing(let linkedAccountID) = doubt { return settleUndoing(row, ofUser: user, linkedAccountID) }
        var attempts = 0
        var posts = 0
        var knowledge = doubt != nil ? Knowledge.inDoubt : .unlinked
        var wasEverInDoubt = doubt == .linking
        /// What the last attempt met, for a row that ends as failed or unsettled.
        var problem = RowProblem(code: "NOT_SENT", detail: "read back as not linked, then the run ended")
        var waits = false
        var retryAfter: Duration?
        /// When the row first met a 503 with Retry-After: such an answer uses up no attempt for as long as anybody is
        /// prepared to wait, but not for ever.
        var pausedSince: ContinuousClock.Instant?

        func settled(_ state: LinkState, _ problem: RowProblem) -> DeliveryOutcome {
            .settled(
                Settlement(
                    state: state,
                    httpStatus: problem.httpStatus,
                    errorCode: problem.code,
                    errorDetail: problem.detail,
                    errorID: problem.errorID,
                    attempts: attempts,
                    posts: posts
                )
            )
        }
        func linked(_ state: LinkState, by finding: (LinkedAccount, correlationID: String?)) -> DeliveryOutcome {
            .settled(
                Settlement(
                    state: state,
                    evidence: state == .linked ? .readBack : nil,
                    linkedAccountID: finding.0.id,
                    correlationID: finding.correlationID,
                    attempts: attempts,
                    posts: posts
                )
            )
        }

        while true {
            let goesOn = !waits || session.waitToRetry(failures: attempts, retryAfter: retryAfter)
            let isStopped = !goesOn || session.control.signal.isRaised
            if isStopped, posts == 0 { return .withdrawn }
            if knowledge == .inDoubt {
                if isStopped { return settled(.unsettled, problem) }
                switch reader.find(row.link, ofUser: user, tries: maxAttempts) {
                case .there(let account, let correlationID):
                    return linked(wasEverInDoubt ? .linked : .alreadyLinked, by: (account, correlationID))
                case .unknown(let reading):
                    return settled(.unsettled, waits ? problem.withReadBack(reading) : reading)
                case .absent: knowledge = .unlinked
                }
            }
            guard attempts < maxAttempts else { return settled(.failed, problem) }
            if isStopped { return wasEverInDoubt ? settled(.failed, problem) : .withdrawn }

            let transaction = runID + "/" + String(row.line)
            let request = session.calls.createLink(row.link, ofUser: user, transaction: transaction)
            let postsBefore = posts
            let answer = caller.send(request, isRepeatable: false, isRetry: attempts > 0) { posts += 1 }
            retryAfter = nil
            switch answer {
            case .stopped: return wasEverInDoubt ? settled(.failed, problem) : .withdrawn
            case .failure(let error):
                attempts += 1
                waits = true
                problem = RowProblem(error)
                if case .inDoubt = error {
                    knowledge = .inDoubt
                    wasEverInDoubt = true
                } else {
                    posts = max(postsBefore, posts - 1)  // it never left
                }
            case .response(let response):
                let verdict = LinkVerdict(response)
                switch verdict {
                case .linked(let id):
                    attempts += 1
                    return .settled(
                        Settlement(
                            state: .linked,
                            evidence: .reply,
                            linkedAccountID: id,
                            httpStatus: response.status,
                            correlationID: response.correlationID,
                            attempts: attempts,
                            posts: posts,
                            latency: response.duration
                        )
                    )
                case .conflict(let conflict):
                    attempts += 1
                    switch reader.find(row.link, ofUser: user, tries: maxAttempts) {
                    case .there(let account, let correlationID):
                        return linked(wasEverInDoubt ? .linked : .alreadyLinked, by: (account, correlationID))
                    case .absent: return refused(conflict, response, attempts: attempts, posts: posts)
                    case .unknown(let reading):
                        // Refused for certain: whatever is found later, this POST has not made it.
                        return settled(.unsettled, wasEverInDoubt ? reading : reading.refusedBefore)
                    }
                case .refused(let refusal):
                    attempts += 1
                    return refused(refusal, response, attempts: attempts, posts: posts)
                case .inDoubt(let doubt), .unauthorized(let doubt), .throttled(let doubt):
                    // 401 and 429 never get here, they are the caller's; were they to, reading back does no harm.
                    retryAfter = response.retryDelay
                    let now = session.time.now
                    let isPause =
                        response.status == 503 && retryAfter != nil
                        && (pausedSince ?? now).duration(to: now) < session.maxWait
                    if isPause { pausedSince = pausedSince ?? now }
                    attempts += isPause ? 0 : 1
                    waits = !isPause  // the common pause is the wait
                    problem = RowProblem(inDoubt: doubt)
                    knowledge = .inDoubt
                    wasEverInDoubt = true
                }
            }
        }
    }

    private func settleUndoing(_ row: LinkRow, ofUser user: String, _ linkedAccountID: String?) -> DeliveryOutcome {
        guard !session.control.signal.isRaised else { return .withdrawn }
        switch reader.find(row.link, ofUser: user, tries: maxAttempts) {
        case .absent: return .undoing(.undone)
        case .unknown: return .withdrawn
        case .there(let account, _) where account.id == linkedAccountID: return .undoing(.kept)
        case .there(let account, let correlationID):
            // The link was removed, and somebody has made another one since.
            return .settled(
                Settlement(state: .alreadyLinked, linkedAccountID: account.id, correlationID: correlationID)
            )
        }
    }

    private var reader: LinkReader { LinkReader(caller: caller, session: session) }

    private var maxAttempts: Int { session.retryPolicy.maxAttempts }

    private func refused(
        _ problem: APIProblem,
        _ response: HTTPResponse,
        attempts: Int,
        posts: Int
    ) -> DeliveryOutcome {
        .settled(
            Settlement(
                state: .rejected,
                httpStatus: problem.status,
                errorCode: problem.code,
                errorDetail: problem.detail,
                errorID: problem.id,
                correlationID: response.correlationID,
                attempts: attempts,
                posts: posts,
                latency: response.duration
            )
        )
    }
}
