import HTTPTransport
import Pacing
package import PingOneAPI

/// What asking PingOne for a user by name has brought to light.
package enum UserFinding: Sendable, Equatable {
    case user(id: String)
    /// Nobody who may be linked to.
    case nobody(UserMiss)
}

/// Why a name leads to nobody who may be linked to.
package enum UserMiss: Sendable, Equatable {
    case noUser(UserKey)
    case severalUsers(UserKey)
    /// The answer is a user with another name.
    case anotherUser(UserKey)
    case refused(APIProblem)
    /// PingOne has not answered, as often as it was asked.
    case failed(RowProblem)
}

/// Asks PingOne who is meant by a name.
///
/// Belongs to one worker thread.
package struct UserSearch {
    let caller: APICaller
    let session: APISession

    package init(caller: APICaller, session: APISession) {
        self.caller = caller
        self.session = session
    }

    /// Without an answer, as often as `--attempts` allows, there is nobody who may be linked to. A 403 ends the run.
    ///
    /// - Returns: nil when the run has ended.
    package func find(_ name: UserName) -> UserFinding? {
        let call = RepeatableCall(caller: caller, session: session, tries: session.retryPolicy.maxAttempts)
        switch call.list(from: session.calls.users(matching: name.key, name.text), { Self.read($0, name) }) {
        case .found(let pages): return Self.finding(pages.flatMap(\.self), name)
        case .refused(let problem, _) where problem.status == 403:
            session.control.stop(.lookUpForbidden(problem))
        case .refused(let problem, _): return .nobody(.refused(problem))
        case .failed(let problem): return .nobody(.failed(problem))
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
            return .nobody(.anotherUser(name.key))
        }
        guard let user = users.first else { return .nobody(.noUser(name.key)) }
        let isAlone = users.allSatisfy { UUIDText($0.id) == UUIDText(user.id) }
        return isAlone ? .user(id: user.id) : .nobody(.severalUsers(name.key))
    }
}

extension RunStop {
    /// Users may not be looked up by their names.
    package static func lookUpForbidden(_ problem: APIProblem) -> RunStop {
        RunStop(
            "permissions",
            exitCode: 77,
            "PingOne forbids looking users up (\(problem.summary)). Give the worker application the Identity Data Admin "
                + "role for these users, then run again to go on."
        )
    }
}
