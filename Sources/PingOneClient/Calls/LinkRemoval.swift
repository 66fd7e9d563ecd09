import Pacing
import PingOneAPI

/// Removes one link from PingOne, by its id: a link that somebody has made anew has another one and stays.
package struct LinkRemoval {
    package enum Ending {
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

    package init(caller: APICaller, session: APISession) {
        self.caller = caller
        self.session = session
    }

    /// DELETE may be repeated: what a lost answer has removed is answered with 404 the next time.
    ///
    /// `isInDoubt`: whether an earlier run may have removed it; then only an answer that says so ends the doubt.
    package func remove(_ linkedAccountID: String, ofUser user: String, isInDoubt: Bool) -> Ending {
        func mayBeDone(_ problem: RowProblem?) -> Bool { isInDoubt || problem?.neverLeft == false }
        let call = RepeatableCall(caller: caller, session: session, tries: session.retryPolicy.maxAttempts)
        switch call.send(session.calls.deleteLink(linkedAccountID, ofUser: user), { _ in () }) {
        case .found: return .undone
        case .refused(let problem, _) where problem.status == 404: return .undone
        case .refused(let problem, let earlier):
            return mayBeDone(earlier) ? .unknown(RowProblem(problem)) : .refused(RowProblem(problem))
        case .failed(let problem): return mayBeDone(problem) ? .unknown(problem) : .kept(problem)
        case .stopped(let problem):
            return mayBeDone(problem)
                ? .unknown(RowProblem(code: "STOPPED", detail: "the run ended before PingOne had answered"))
                : .kept(nil)
        }
    }
}
