import HTTPTransport
import Pacing
package import PingOneAPI

/// Asks PingOne for all users of the environment.
///
/// Belongs to one worker thread.
package struct UserListing {
    package enum Outcome<Value> {
        case found(Value)
        /// The list is not to be had, as often as it was tried; why, in words.
        case unavailable(reason: String)
        /// The run has ended.
        case stopped
    }

    /// How many users a page has where PingOne obeys.
    ///
    /// Source: PingOne API, Users: a `limit` of at most 1000.
    package static let pageSize = 1000

    let caller: APICaller
    let session: APISession

    package init(caller: APICaller, session: APISession) {
        self.caller = caller
        self.session = session
    }

    private var call: RepeatableCall {
        RepeatableCall(caller: caller, session: session, tries: session.retryPolicy.maxAttempts)
    }

    /// How many users there are; nil where PingOne does not say.
    package func count() -> Outcome<Int?> {
        switch call.send(session.calls.users(limit: 1), UserPage.init) {
        case .found(let page): .found(page.total)
        case .refused(let problem, _): .unavailable(reason: RowProblem(problem).reason)
        case .failed(let problem): .unavailable(reason: problem.reason)
        case .stopped: .stopped
        }
    }

    /// Reads all users, page by page. A page that fails is read again, not those before it.
    ///
    /// `take`: called with each page's users, of whom all have a UUID; says whether to go on to the next page.
    /// - Returns: whether the end was reached.
    package func read(_ take: ([User]) -> Bool) -> Outcome<Bool> {
        var request = session.calls.users(limit: Self.pageSize)
        var seen: Set<String> = []
        while true {
            switch call.send(request, Self.page) {
            case .found(let page):
                let goesOn = take(page.users)
                guard let next = page.next else { return .found(true) }
                guard goesOn else { return .found(false) }
                guard seen.insert(next).inserted, let further = session.calls.usersPage(next) else {
                    return .unavailable(reason: "it goes in circles, or on to another server")
                }
                request = further
            case .refused(let problem, _): return .unavailable(reason: RowProblem(problem).reason)
            case .failed(let problem): return .unavailable(reason: problem.reason)
            case .stopped: return .stopped
            }
        }
    }

    private static func page(_ response: HTTPResponse) -> UserPage? {
        UserPage(response).flatMap { page in page.users.allSatisfy { UUIDText($0.id) != nil } ? page : nil }
    }
}
