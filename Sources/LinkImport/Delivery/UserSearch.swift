import HTTPTransport
import Pacing
import PingOneAPI

/// What asking PingOne for a user by name has brought to light.
enum UserFinding: Sendable, Equatable {
    case user(id: String)
    /// Nobody who may be linked to; the rule says why.
    case unfit(RowIssue.Rule)
}

/// Asks PingOne who is meant by a name.
///
/// Belongs to one worker thread.
struct UserSearch {
    let caller: APICaller
    let session: APISession

    /// Without an answer, as often as `--attempts` allows, there is nobody who may be linked to. A 403 ends the run.
    ///
    /// - Returns: nil when the run has ended.
    func find(_ name: UserName) -> UserFinding? {
        let call = RepeatableCall(caller: caller, session: session, tries: session.retryPolicy.maxAttempts)
        switch call.list(from: session.calls.users(matching: name.key, name.text), { Self.read($0, name) }) {
        case .found(let pages): return Self.finding(pages.flatMap(\.self), name)
        case .refused(let problem, _) where problem.status == 403:
            session.control.stop(.lookUpForbidden(problem))
        case .refused(let problem, _): return .unfit(.lookUpRefused(problem))
        case .failed(let problem): return .unfit(.lookUpFailed(problem))
        case .stopped: break
        }
        return nil
    }

    /// The users of one page. The list is followed no further than to what decides: a second user, or one with another
    /// name, who shows that the filter is not obeyed.
    private static func read(_ response: HTTPResponse, _ name: UserName) -> (page: [User], next: String?)? {
        guard let page = UserPage(response), page.users.allSatisfy({ UUIDText($0.id) != nil }) else { return nil }
        let isDecided = page.users.count > 1 || !page.users.allSatisfy { $0.isNamed(name.text, by: name.key) }
        return (page: page.users, next: isDecided ? nil : page.next)
    }

    private static func finding(_ users: [User], _ name: UserName) -> UserFinding {
        guard users.allSatisfy({ $0.isNamed(name.text, by: name.key) }) else {
            return .unfit(.lookUpFoundAnother(name.key))
        }
        guard let user = users.first else { return .unfit(.noUserWithKey(name.key)) }
        let isAlone = users.allSatisfy { UUIDText($0.id) == UUIDText(user.id) }
        return isAlone ? .user(id: user.id) : .unfit(.severalUsersWithKey(name.key))
    }
}
