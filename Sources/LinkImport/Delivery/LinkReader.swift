import HTTPTransport
import PingOneAPI

/// Reads a user's linked accounts: to settle what a lost or refused POST did, and to verify what an import has done.
struct LinkReader {
    enum Finding {
        case there(LinkedAccount, correlationID: String?)
        case absent
        /// Nobody can say: the list could not be read, as often as it was tried.
        case unknown(RowProblem)
    }

    enum Listing {
        /// Of a user whom PingOne does not know, none.
        case read([LinkedAccount], correlationID: String?)
        /// The list could not be read, as often as it was tried.
        case unknown(RowProblem, isRefusal: Bool)
        /// The run ended before.
        case stopped
    }

    let caller: APICaller
    let session: APISession

    /// Looks for one link; reads no further than to the page that has it.
    ///
    /// `tries`: how often a failing read is tried, at least once.
    func find(_ link: LinkRequest, ofUser user: String, tries: Int) -> Finding {
        func isMeant(_ account: LinkedAccount) -> Bool {
            account.links(identityProvider: link.identityProviderID, externalID: link.externalID)
        }
        switch list(ofUser: user, tries: tries, until: isMeant) {
        case .read(let accounts, let correlationID):
            return accounts.first(where: isMeant).map { .there($0, correlationID: correlationID) } ?? .absent
        case .unknown(let problem, _): return .unknown(problem)
        case .stopped: return .unknown(RowProblem(code: "STOPPED", detail: "the run ended before the read-back"))
        }
    }

    /// All of the user's linked accounts; of those behind the page with one that is `wanted`, none.
    func list(
        ofUser user: String,
        tries: Int,
        until wanted: (LinkedAccount) -> Bool = { _ in false }
    ) -> Listing {
        var failures = 0
        while true {
            let problem: RowProblem
            var retryAfter: Duration?
            switch read(user, until: wanted, isRetry: failures > 0) {
            case .list(let accounts, let correlationID): return .read(accounts, correlationID: correlationID)
            case .stopped: return .stopped
            case .refused(let refusal): return .unknown(RowProblem(refusal), isRefusal: true)
            case .failed(let failure, let delay):
                problem = failure
                retryAfter = delay
            }
            failures += 1
            guard failures < tries, session.waitToRetry(failures: failures, retryAfter: retryAfter) else {
                return .unknown(problem, isRefusal: false)
            }
        }
    }

    private enum Reading {
        case list([LinkedAccount], correlationID: String?)
        case refused(APIProblem)
        case failed(RowProblem, retryAfter: Duration?)
        case stopped
    }

    /// One pass over all pages.
    private func read(_ user: String, until wanted: (LinkedAccount) -> Bool, isRetry: Bool) -> Reading {
        var request = session.calls.linkedAccounts(ofUser: user)
        var accounts: [LinkedAccount] = []
        var seen: Set<String> = []
        while true {
            switch caller.send(request, isRepeatable: true, isRetry: isRetry) {
            case .stopped: return .stopped
            case .failure(let error): return .failed(RowProblem(error), retryAfter: nil)
            case .response(let response):
                switch response.status {
                case 200..<300:
                    let unreadable = RowProblem(httpStatus: response.status, code: "UNREADABLE_ANSWER")
                    guard let page = LinkedAccountPage(response) else { return .failed(unreadable, retryAfter: nil) }
                    accounts += page.accounts
                    guard let next = page.next, !page.accounts.contains(where: wanted) else {
                        return .list(accounts, correlationID: response.header("correlation-id"))
                    }
                    guard seen.insert(next).inserted, let further = session.calls.page(next) else {
                        return .failed(unreadable, retryAfter: nil)
                    }
                    request = further
                case 404: return .list([], correlationID: response.header("correlation-id"))  // no such user
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
