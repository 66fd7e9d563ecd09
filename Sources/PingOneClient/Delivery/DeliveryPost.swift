package import HTTPTransport
import Pacing
import PingOneAPI

/// Sends the POSTs of one delivery and says what their answers mean for it.
///
/// Belongs to one worker thread.
package struct DeliveryPost {
    private let caller: APICaller
    private let session: APISession
    /// How often one has left, or may have.
    package private(set) var posts = 0
    /// The last answer that was about the request itself.
    package private(set) var response: HTTPResponse?
    /// The id of what a POST has made.
    package private(set) var madeID: String?
    /// When the first pause was met: such an answer uses up no attempt for as long as anybody is prepared to wait, but
    /// not for ever.
    private var pausedSince: ContinuousClock.Instant?

    package init(caller: APICaller, session: APISession) {
        self.caller = caller
        self.session = session
    }

    package mutating func send(_ request: HTTPRequest, isRetry: Bool) -> Delivery.Answer {
        let sent = caller.send(request, isRepeatable: false, isRetry: isRetry)
        posts += sent.times
        switch sent.answer {
        case .stopped: return .stopped
        case .failure(let error):
            if case .inDoubt = error { return .inDoubt(RowProblem(error), retryAfter: nil) }
            posts -= 1  // the last one never left
            return .notDone(RowProblem(error), retryAfter: nil)
        case .response(let response):
            self.response = response
            return answer(response)
        }
    }

    private mutating func answer(_ response: HTTPResponse) -> Delivery.Answer {
        switch LinkVerdict(response) {
        case .made(let id):
            madeID = id
            session.noteMade()
            return .made
        case .conflict(let problem): return .conflict(RowProblem(problem))
        case .refused(let problem): return .refused(RowProblem(problem))
        case .blocked(let problem):
            let (retryAfter, isPause) = pause(response)
            return .notDone(RowProblem(problem), retryAfter: retryAfter, isPause: isPause)
        case .inDoubt(let problem), .unauthorized(let problem), .throttled(let problem):
            // 401 and 429 never get here, they are the caller's; were they to, reading back does no harm.
            let (retryAfter, isPause) = pause(response)
            return .inDoubt(RowProblem(inDoubt: problem), retryAfter: retryAfter, isPause: isPause)
        }
    }

    /// Whether all workers wait for what the server has asked for: ``APICaller`` has told the pace of it.
    private mutating func pause(_ response: HTTPResponse) -> (retryAfter: Duration?, isPause: Bool) {
        guard response.asksForPause else { return (response.retryDelay, false) }
        let now = session.time.now
        let since = pausedSince ?? now
        guard since.duration(to: now) < session.maxWait else { return (response.retryDelay, false) }
        pausedSince = since
        return (response.retryDelay, true)
    }
}
