import HTTPTransport
import Ledger
import Pacing
import PingOneAPI

/// Removes one link from PingOne, by its id: a link that somebody has made anew has another one and stays.
struct LinkRemoval {
    enum Ending {
        /// It is gone: PingOne has removed it now, or does not have it any more.
        case undone
        /// PingOne refuses to remove it.
        case refused(RowProblem)
        /// It was not removed, and was not refused either.
        case kept(RowProblem?)
        /// A removal may have been carried out, and nobody has said so.
        case unknown(RowProblem)
    }

    let caller: APICaller
    let session: APISession

    /// DELETE may be repeated: what a lost answer has removed is answered with 404 the next time.
    func remove(_ linkedAccountID: String, ofUser user: String) -> Ending {
        let request = session.calls.deleteLink(linkedAccountID, ofUser: user)
        switch caller.sendRepeatedly(request, tries: session.retryPolicy.maxAttempts) {
        case .response(let response, let mayBeDone):
            let problem = RowProblem(APIProblem(response))
            switch response.status {
            case 200..<300, 404: return .undone
            default: return mayBeDone ? .unknown(problem) : .refused(problem)
            }
        case .failed(let problem, let mayBeDone): return mayBeDone ? .unknown(problem) : .kept(problem)
        case .stopped(let mayBeDone):
            return mayBeDone
                ? .unknown(RowProblem(code: "STOPPED", detail: "the run ended before PingOne had answered"))
                : .kept(nil)
        }
    }
}
