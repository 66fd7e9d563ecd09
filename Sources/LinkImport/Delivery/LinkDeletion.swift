import Ledger
import LinkRows
import Pacing
import PingOneAPI
import PingOneClient

/// Brings one row of `unlink` to its end: reads the user's links, and deletes the one with this provider and external id
/// by its id, and nothing else.
///
/// Belongs to one worker thread.
struct LinkDeletion {
    let caller: APICaller
    let session: APISession

    /// `user`: the user's id; `known`: what the ledger knew of the row; `isLastLook`: whether a link that is not seen now
    /// is not there.
    ///
    /// - Returns: nil for a link that was not seen and is to be looked for once more.
    func deliver(_ row: LinkRow, ofUser user: String, known: KnownLink?, isLastLook: Bool) -> DeliveryOutcome? {
        // An earlier run may have deleted it.
        let isInDoubt = known?.doubt != nil
        let reader = LinkReader(caller: caller, session: session)
        switch reader.find(row.link, ofUser: user, tries: session.retryPolicy.maxAttempts) {
        case .there(let account, _): return delete(account, ofUser: user, isInDoubt: isInDoubt)
        case .absent(.known) where !isLastLook: return nil
        case .absent(.known) where isInDoubt:
            return .settled(Settlement(state: .linked, evidence: .readBack, attempts: 1))
        case .absent(.known): return .settled(Settlement(state: .alreadyLinked, attempts: 1))
        case .absent(.unknown(let problem)): return .settled(settlement(.rejected, problem, isInDoubt))
        case .unknown(.stoppedBeforeReadBack, _): return .withdrawn
        case .unknown(let problem, let isRefusal):
            let state = isInDoubt ? LinkState.unsettled : isRefusal ? .rejected : .failed
            return .settled(settlement(state, problem, isInDoubt))
        }
    }

    private func delete(_ account: LinkedAccount, ofUser user: String, isInDoubt: Bool) -> DeliveryOutcome {
        let removal = LinkRemoval(caller: caller, session: session)
        // It was seen just now: whatever an earlier run has sent did not delete it.
        switch removal.remove(account.id, ofUser: user, isInDoubt: false) {
        case .undone:
            return .settled(
                Settlement(state: .linked, evidence: .reply, linkedAccountID: account.id, attempts: 1)
            )
        case .refused(let problem): return .settled(settlement(.rejected, problem, isInDoubt))
        case .kept(nil): return .withdrawn
        case .kept(let problem?): return .settled(settlement(.failed, problem, isInDoubt))
        case .unknown(let problem): return .settled(settlement(.unsettled, problem, true))
        }
    }

    private func settlement(_ state: LinkState, _ problem: RowProblem, _ isInDoubt: Bool) -> Settlement {
        var settlement = Settlement(state, problem, isInDoubt ? .linking : nil)
        settlement.attempts = 1
        return settlement
    }
}
