import HTTPTransport
import PingOneAPI

extension APICaller {
    /// What came of a request that does no harm when it is sent twice. `mayBeDone`: whether it may have been carried out
    /// before, without an answer that says so.
    enum RepeatedAnswer {
        /// An answer about the request itself: neither 408 nor 5xx.
        case response(HTTPResponse, mayBeDone: Bool)
        /// None, as often as it was tried.
        case failed(RowProblem, mayBeDone: Bool)
        /// The run ended first.
        case stopped(mayBeDone: Bool)
    }

    /// Sends the request, a GET, PUT or DELETE, until it is answered, with the usual waits between.
    ///
    /// `tries`: how often at most, at least once.
    func sendRepeatedly(_ request: HTTPRequest, tries: Int) -> RepeatedAnswer {
        var failures = 0
        var mayBeDone = false
        while true {
            let problem: RowProblem
            var retryAfter: Duration?
            switch send(request, isRepeatable: true, isRetry: failures > 0) {
            case .stopped: return .stopped(mayBeDone: mayBeDone)
            case .failure(let error):
                problem = RowProblem(error)
                if case .inDoubt = error { mayBeDone = true }
            case .response(let response):
                guard response.status == 408 || response.status >= 500 else {
                    return .response(response, mayBeDone: mayBeDone)
                }
                problem = RowProblem(APIProblem(response))
                retryAfter = response.retryDelay
                mayBeDone = true
            }
            failures += 1
            guard failures < tries else { return .failed(problem, mayBeDone: mayBeDone) }
            guard session.waitToRetry(failures: failures, retryAfter: retryAfter) else {
                return .stopped(mayBeDone: mayBeDone)
            }
        }
    }
}
