import Ledger
import Locking
package import Pacing
package import PingOneAPI
package import PingOneClient

/// Ends the run when it goes wrong: too many failures, nothing but 403, or a first row that shows that none can work.
final class FailureWatch: Sendable {
    private struct State {
        var breaker: Breaker
        var forbidden = Streak()
    }

    private let state: HotMutex<State>
    private let work: RunWork
    private let control: RunControl

    init(_ work: RunWork, breaker: Breaker, control: RunControl) {
        self.work = work
        state = HotMutex(State(breaker: breaker))
        self.control = control
    }

    /// Takes note of a row that has its end.
    ///
    /// - Parameters:
    ///   - failure: nil for one that got through.
    ///   - identityProviderID: the one that the row is to be linked to; nil where nothing is linked.
    ///   - isCanary: the first row, which was sent alone.
    func note(_ failure: Failure?, identityProviderID: String? = nil, isCanary: Bool) {
        let isForbidden = failure?.isRefusal == true && failure?.problem.httpStatus == 403
        let (trip, forbidden) = state.withLock { state in
            let isTooOften = state.forbidden.record(isForbidden)
            return (
                state.breaker.record(failed: failure?.problem.cause),
                isForbidden && (isCanary || isTooOften) ? state.forbidden.length : 0
            )
        }
        if let problem = failure?.problem, forbidden > 0 {
            let refusal = APIProblem(status: 403, code: problem.code, detailCode: problem.detail)
            control.stop(.forbidden(refusal, inARow: forbidden, work))
        } else if let failure, let identityProviderID, isCanary, failure.blamesIdentityProvider {
            control.stop(.unknownIdentityProvider(identityProviderID))
        } else if let trip {
            control.stop(.breaker(trip))
        }
    }

    /// Why a row did not get through.
    struct Failure {
        var problem: RowProblem
        /// Whether PingOne has refused it, rather than that nobody knows, or that it could not be tried.
        var isRefusal: Bool

        init(_ problem: RowProblem, isRefusal: Bool) {
            self.problem = problem
            self.isRefusal = isRefusal
        }

        /// Nil for a row that got through.
        init?(_ settlement: Settlement) {
            guard [.rejected, .failed, .unsettled].contains(settlement.state) else { return nil }
            self.init(RowProblem(settlement), isRefusal: settlement.state == .rejected)
        }

        /// Whether PingOne says that it does not know the identity provider, rather than that a link to it exists.
        fileprivate var blamesIdentityProvider: Bool {
            isRefusal && problem.httpStatus == 400 && problem.fact == .identityProvider
        }
    }
}

/// What a run does with its rows at PingOne, as messages call it.
package enum RunWork: Sendable {
    case linking, unlinking
    /// For a proof.
    case reading
    /// Of links that earlier runs have made.
    case removing

    fileprivate var text: String {
        switch self {
        case .linking: "linking"
        case .reading: "reading links"
        case .unlinking, .removing: "removing links"
        }
    }

    /// Whether a row that was forbidden is rejected.
    fileprivate var rejects: Bool {
        switch self {
        case .linking, .unlinking: true
        case .reading, .removing: false
        }
    }
}

extension RunStop {
    /// Too many rows failed.
    package static func breaker(_ trip: Breaker.Trip) -> RunStop {
        RunStop(
            "max-failures",
            exitCode: 69,
            "Stopped: \(trip.description). Correct the cause, or raise --max-failures, then run again to go on."
        )
    }

    /// The first row, or many rows one after the other, met 403.
    package static func forbidden(_ problem: APIProblem, inARow rows: Int, _ work: RunWork) -> RunStop {
        RunStop(
            "permissions",
            exitCode: 77,
            "PingOne forbids \(work.text) (\(problem.summary), "
                + "\(rows == 1 ? "the first row" : "\(rows) rows in a row")). "
                + "Give the worker application the Identity Data Admin role for these users, "
                + "then run again\(work.rejects ? " with --retry rejected" : "").",
            hasRejectedInVain: work.rejects
        )
    }
}
