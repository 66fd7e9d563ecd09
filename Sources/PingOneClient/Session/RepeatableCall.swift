package import HTTPTransport
package import PingOneAPI

/// Sends requests that do no harm when they arrive twice, GET, PUT and DELETE: what fails is sent again.
///
/// Belongs to one worker thread.
package struct RepeatableCall {
    package enum Outcome<Value> {
        case found(Value)
        /// A definite no: 3xx or 4xx, but for a gateway's 403; what an earlier try met, where there was one that failed.
        case refused(APIProblem, after: RowProblem?)
        /// No answer that can be read, as often as it was tried; what a try met, one that may have been carried out if
        /// there was any.
        case failed(RowProblem)
        /// The run ends; what an earlier try met, where there was one that failed.
        case stopped(after: RowProblem?)
    }

    let caller: APICaller
    let session: APISession
    /// How often a failing request is sent, at least once.
    let tries: Int

    package init(caller: APICaller, session: APISession, tries: Int) {
        self.caller = caller
        self.session = session
        self.tries = tries
    }

    /// `read`: what a 2xx says; nil where it cannot be read, which is a failure like any other.
    package func send<Value>(_ request: HTTPRequest, _ read: (HTTPResponse) -> Value?) -> Outcome<Value> {
        repeating { isRetry, doubted throws(Miss) in try once(request, isRetry: isRetry, doubted: doubted, read) }
    }

    /// Reads a list page by page. A page that fails begins the list anew: what was read before may have changed.
    ///
    /// `read`: what a page says and where the list goes on; nil for `next` ends the reading.
    package func list<Page>(
        from request: HTTPRequest,
        _ read: (HTTPResponse) -> (page: Page, next: String?)?
    ) -> Outcome<[Page]> {
        repeating { isRetry, doubted throws(Miss) in
            var pages: [Page] = []
            var request = request
            var seen: Set<String> = []
            while true {
                let answer = try once(request, isRetry: isRetry, doubted: doubted) { response in
                    read(response).map { (page: $0.page, next: $0.next, status: response.status) }
                }
                pages.append(answer.page)
                guard let next = answer.next else { return pages }
                // A list that goes in circles, or on to another server, is none.
                guard seen.insert(next).inserted, let further = session.calls.page(next) else {
                    throw .failed(.unreadableAnswer(status: answer.status), retryAfter: nil)
                }
                request = further
            }
        }
    }

    /// Why one try has no result.
    private enum Miss: Error {
        case refused(APIProblem)
        case failed(RowProblem, retryAfter: Duration?)
        case stopped
    }

    private func once<Value>(
        _ request: HTTPRequest,
        isRetry: Bool,
        doubted: () -> Void,
        _ read: (HTTPResponse) -> Value?
    ) throws(Miss) -> Value {
        let sent = caller.send(request, isRepeatable: true, isRetry: isRetry)
        if sent.wasDoubted { doubted() }
        switch sent.answer {
        case .stopped: throw .stopped
        case .failure(let error): throw .failed(RowProblem(error), retryAfter: nil)
        case .response(let response):
            switch response.status {
            case 200..<300:
                guard let value = read(response) else {
                    throw .failed(.unreadableAnswer(status: response.status), retryAfter: nil)
                }
                return value
            case 408, 500...: throw .failed(RowProblem(APIProblem(response)), retryAfter: response.retryDelay)
            default:
                let problem = APIProblem(response)
                throw problem.isGateways
                    ? .failed(RowProblem(problem), retryAfter: response.retryDelay) : .refused(problem)
            }
        }
    }

    /// `work` calls `doubted` when the request may have been carried out although it is sent again.
    private func repeating<Value>(
        _ work: (_ isRetry: Bool, _ doubted: () -> Void) throws(Miss) -> Value
    ) -> Outcome<Value> {
        var failures = 0
        var last: RowProblem?
        while true {
            do throws(Miss) {
                return .found(try work(failures > 0) { last = RowProblem(httpStatus: 503) })
            } catch {
                switch error {
                case .refused(let problem): return .refused(problem, after: last)
                case .stopped: return .stopped(after: last)
                case .failed(let problem, let retryAfter):
                    failures += 1
                    let worst = last.flatMap { problem.neverLeft ? $0 : nil } ?? problem
                    last = worst
                    guard failures < tries else { return .failed(worst) }
                    guard session.waitToRetry(failures: failures, retryAfter: retryAfter) else {
                        return .stopped(after: worst)
                    }
                }
            }
        }
    }
}
