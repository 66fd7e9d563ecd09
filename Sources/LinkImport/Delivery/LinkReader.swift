import HTTPTransport
import PingOneAPI

/// Looks into a user's linked accounts, to settle what a lost or refused POST did.
struct LinkReader {
    enum Finding {
        case there(LinkedAccount, correlationID: String?)
        case absent
        /// Nobody can say: the list could not be read, as often as it was tried.
        case unknown(RowProblem)
    }

    let caller: APICaller
    let session: APISession

    /// `tries`: how often a failing read is tried, at least once.
    func find(_ link: LinkRequest, ofUser user: String, tries: Int) -> Finding {
        var failures = 0
        while true {
            let problem: RowProblem
            var retryAfter: Duration?
            switch read(link, ofUser: user, isRetry: failures > 0) {
            case .found(let finding): return finding
            case .stopped: return .unknown(RowProblem(code: "STOPPED", detail: "the run ended before the read-back"))
            case .refused(let refusal): return .unknown(RowProblem(refusal))
            case .failed(let failure, let delay):
                problem = failure
                retryAfter = delay
            }
            failures += 1
            guard failures < tries, session.waitToRetry(failures: failures, retryAfter: retryAfter) else {
                return .unknown(problem)
            }
        }
    }

    private enum Reading {
        case found(Finding)
        case refused(APIProblem)
        case failed(RowProblem, retryAfter: Duration?)
        case stopped
    }

    /// One pass over all pages.
    private func read(_ link: LinkRequest, ofUser user: String, isRetry: Bool) -> Reading {
        var request = session.calls.linkedAccounts(ofUser: user)
        var seen: Set<String> = []
        while true {
            switch caller.send(request, isRepeatable: true, isRetry: isRetry) {
            case .stopped: return .stopped
            case .failure(let error): return .failed(RowProblem(error), retryAfter: nil)
            case .response(let response):
                switch response.status {
                case 200..<300:
                    guard let page = LinkedAccountPage(response) else {
                        return .failed(
                            RowProblem(httpStatus: response.status, code: "UNREADABLE_ANSWER"),
                            retryAfter: nil
                        )
                    }
                    let match = page.accounts.first {
                        $0.links(identityProvider: link.identityProviderID, externalID: link.externalID)
                    }
                    if let match { return .found(.there(match, correlationID: response.header("correlation-id"))) }
                    guard let next = page.next else { return .found(.absent) }
                    guard seen.insert(next).inserted, let further = session.calls.page(next) else {
                        return .failed(
                            RowProblem(httpStatus: response.status, code: "UNREADABLE_ANSWER"),
                            retryAfter: nil
                        )
                    }
                    request = further
                case 404: return .found(.absent)  // no such user: nothing is linked to it
                case 408, 500...: return .failed(RowProblem(APIProblem(response)), retryAfter: response.retryDelay)
                default: return .refused(APIProblem(response))
                }
            }
        }
    }
}

extension RowProblem {
    /// A request without an answer.
    init(_ error: TransportError) {
        switch error {
        case .neverSent(let reason), .certificate(let reason): self.init(code: "NOT_SENT", detail: reason)
        case .inDoubt(let reason): self.init(code: "NO_ANSWER", detail: reason)
        }
    }
}
