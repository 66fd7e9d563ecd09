import Ledger
import Pacing
import PingOneAPI
import Synchronization

/// Ends the run when it goes wrong: too many failures, nothing but 403, or a first row that shows that none can work.
final class FailureWatch: Sendable {
    private struct State {
        var breaker: Breaker
        var forbidden = Streak()
    }

    private let state: Mutex<State>
    private let control: RunControl

    init(breaker: Breaker, control: RunControl) {
        state = Mutex(State(breaker: breaker))
        self.control = control
    }

    /// `isCanary`: the first row, which was sent alone.
    func note(_ settlement: Settlement, row: LinkRow, isCanary: Bool) {
        let isForbidden = settlement.state == .rejected && settlement.httpStatus == 403
        let failure: String? =
            switch settlement.state {
            case .rejected, .failed, .unsettled: RowProblem(settlement).cause
            default: nil
            }
        let (trip, forbidden) = state.withLock { state in
            let isTooOften = state.forbidden.record(isForbidden)
            return (
                state.breaker.record(failed: failure),
                isForbidden && (isCanary || isTooOften) ? state.forbidden.length : 0
            )
        }
        if forbidden > 0 {
            let problem = APIProblem(status: 403, code: settlement.errorCode, detailCode: settlement.errorDetail)
            control.stop(.forbidden(problem, inARow: forbidden))
        } else if isCanary, settlement.state == .rejected,
            Self.blamesIdentityProvider(settlement)
        {
            control.stop(.unknownIdentityProvider(row.link.identityProviderID))
        } else if let trip {
            control.stop(.breaker(trip))
        }
    }

    /// Whether PingOne says that it does not know the identity provider, rather than that a link to it exists.
    private static func blamesIdentityProvider(_ settlement: Settlement) -> Bool {
        guard settlement.httpStatus == 400, let detail = settlement.errorDetail,
            !detail.hasPrefix(APIProblem.uniquenessViolation)
        else { return false }
        return detail.hasSuffix("(identityProvider.id)") || detail.hasSuffix("(identityProvider)")
    }
}

extension RowProblem {
    init(_ settlement: Settlement) {
        self.init(
            httpStatus: settlement.httpStatus,
            code: settlement.errorCode,
            detail: settlement.errorDetail,
            errorID: settlement.errorID
        )
    }
}
