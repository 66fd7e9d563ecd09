import HTTPTransport
package import Ledger
import LinkRows
import Pacing
import PingOneAPI
import PingOneClient

/// What became of one row that was handed to a worker.
package enum DeliveryOutcome: Sendable, Equatable {
    case settled(Settlement)
    /// Of a link whose removal was in doubt: whether it is gone. Nothing was sent, and nothing else has changed.
    case undoing(UndoOutcome)
    /// The run ended before the row was sent, or while it was certain that sending it had done nothing: as if it had
    /// never been taken.
    case withdrawn
}

/// Brings one row to its end: does what a ``Delivery`` says, with the calls for linked accounts.
///
/// Belongs to one worker thread.
struct LinkDelivery {
    let caller: APICaller
    let session: APISession
    let runID: String

    /// Why the row's links are read before it is sent.
    enum Doubt: Equatable {
        /// An earlier run may have linked it.
        case linking
        /// Every POST of earlier runs is known to have been refused: whatever is there, they have not made it.
        case refusedLinking
        /// The link that this ledger has made may have been removed.
        case undoing(linkedAccountID: String?)
    }

    /// - Parameters:
    ///   - row: may have the user's name instead of the id.
    ///   - user: the user's id.
    ///   - doubt: nil where it is certain that no earlier run has linked the row.
    /// - Returns: what became of the row.
    func deliver(_ row: LinkRow, ofUser user: String, after doubt: Doubt? = nil) -> DeliveryOutcome {
        if case .undoing(let linkedAccountID) = doubt { return settleUndoing(row, ofUser: user, linkedAccountID) }
        let request = session.calls.createLink(row.link, ofUser: user, transaction: "\(runID)/\(row.line)")
        var post = DeliveryPost(caller: caller, session: session)
        var found: (account: LinkedAccount, correlationID: String?)?
        var delivery = Delivery(maxAttempts: maxAttempts, isInDoubt: doubt != nil, wasEverInDoubt: doubt == .linking)
        let end = delivery.run(in: session) { isRetry in
            post.send(request, isRetry: isRetry)
        } look: {
            switch reader.find(row.link, ofUser: user, tries: maxAttempts) {
            case .there(let account, let correlationID):
                found = (account, correlationID)
                return .there
            case .absent: return .absent
            case .unknown(let problem, _): return .unknown(problem)
            }
        }
        guard var settlement = Self.settlement(end, post, wasInDoubt: delivery.wasEverInDoubt) else {
            return .withdrawn
        }
        if let found, case .found = end {
            settlement.linkedAccountID = found.account.id
            settlement.correlationID = found.correlationID
        }
        settlement.attempts = delivery.attempts
        settlement.posts = post.posts
        return .settled(settlement)
    }

    /// What the ledger is told, but for the numbers and what was found; nil where the row was never begun.
    private static func settlement(_ end: Delivery.End, _ post: DeliveryPost, wasInDoubt: Bool) -> Settlement? {
        let doubt = wasInDoubt ? LinkDoubt.linking : nil
        switch end {
        case .withdrawn: return nil
        case .made:
            return Settlement(
                state: .linked,
                evidence: .reply,
                linkedAccountID: post.madeID,
                httpStatus: post.response?.status,
                correlationID: post.response?.correlationID,
                latency: post.response?.duration
            )
        case .found(isOurs: true): return Settlement(state: .linked, evidence: .readBack)
        case .found(isOurs: false): return Settlement(state: .alreadyLinked)
        case .refused(let problem):
            var settlement = Settlement(.rejected, problem, doubt)
            settlement.correlationID = post.response?.correlationID
            settlement.latency = post.response?.duration
            return settlement
        case .failed(let problem): return Settlement(.failed, problem, doubt)
        case .unsettled(let reading, isRefused: true): return Settlement(.unsettled, reading.refusedBefore, .refused)
        case .unsettled(let problem, isRefused: false): return Settlement(.unsettled, problem, .linking)
        }
    }

    /// Whether a link is gone whose removal was in doubt. A list may be late in showing the link as well as in not showing
    /// it any more: a link that is seen and then is not is gone, else all readings must agree with the last one.
    private func settleUndoing(_ row: LinkRow, ofUser user: String, _ linkedAccountID: String?) -> DeliveryOutcome {
        var wasThere = false
        for reading in 1...maxAttempts {
            guard !session.control.signal.isRaised else { return .withdrawn }
            switch reader.find(row.link, ofUser: user, tries: maxAttempts) {
            case .absent where wasThere: return .undoing(.undone)
            case .absent: break
            case .unknown: return .withdrawn
            case .there(let account, _) where account.id == linkedAccountID: wasThere = true
            case .there(let account, let correlationID):
                // The link was removed, and somebody has made another one since.
                return .settled(
                    Settlement(state: .alreadyLinked, linkedAccountID: account.id, correlationID: correlationID)
                )
            }
            if reading < maxAttempts, !session.waitToRetry(failures: reading, retryAfter: nil) { return .withdrawn }
        }
        return .undoing(wasThere ? .kept : .undone)
    }

    private var reader: LinkReader { LinkReader(caller: caller, session: session) }

    private var maxAttempts: Int { session.retryPolicy.maxAttempts }
}
