package import HTTPTransport
import JSON

/// What the answer to Create Linked Account means for its row. A pure reading of the answer: what is done about it is
/// the caller's. Create Identity Provider Attribute answers in the same way.
package enum LinkVerdict: Sendable, Equatable {
    /// PingOne said so; `id` is that of what was made.
    case made(id: String)
    /// Something that must be unique is not: 409, or 400 with `UNIQUENESS_VIOLATION`. The user's links tell whether
    /// it is this very link.
    case conflict(APIProblem)
    /// Refused: sending the same again gets the same answer.
    case refused(APIProblem)
    /// 403 of a gateway or firewall, which has not let the request through to PingOne; it may another time.
    case blocked(APIProblem)
    /// The token was not accepted; the request did nothing.
    case unauthorized(APIProblem)
    /// 429: too early; the request did nothing.
    case throttled(APIProblem)
    /// It may have been done: every 5xx, 408, a 2xx that cannot be read.
    case inDoubt(APIProblem)

    package init(_ response: HTTPResponse) {
        lazy var problem = APIProblem(response)  // a link that was made needs no second reading of its body
        switch response.status {
        case 200..<300:
            if let id = Self.linkedAccountID(in: response) {
                self = .made(id: id)
            } else {
                self = .inDoubt(APIProblem(status: response.status))
            }
        case 401: self = .unauthorized(problem)
        case 403 where problem.isGateways: self = .blocked(problem)
        case 408: self = .inDoubt(problem)
        case 409: self = .conflict(problem)
        case 400 where problem.detailCode == APIProblem.uniquenessViolation: self = .conflict(problem)
        case 429: self = .throttled(problem)
        case 300..<500: self = .refused(problem)
        default: self = .inDoubt(problem)
        }
    }

    /// The link's id: a text that can stand in a URL path and in a log. An answer without one proves nothing.
    private static func linkedAccountID(in response: HTTPResponse) -> String? {
        guard response.bodyIsComplete, let id = try? JSONValue.member("id", of: response.body) else { return nil }
        return LinkedAccount.id(id)
    }
}
