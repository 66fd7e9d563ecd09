package import HTTPTransport
import JSON

/// What the authorization server answered to a token request.
package enum TokenVerdict: Sendable, Equatable {
    case token(FetchedToken)
    /// The credentials were refused; `error` is the OAuth code, for instance `invalid_client`. `wantsOtherMethod`: whether
    /// the application is set up for another way to show that it is itself.
    case refused(status: Int, error: String?, wantsOtherMethod: Bool)
    /// No authorization server answers there, or none for this environment.
    case notThere(status: Int)
    /// Worth another try.
    case unavailable(status: Int)

    package init(_ response: HTTPResponse) {
        let document = response.bodyIsComplete ? try? JSONValue(parsing: response.body) : nil
        switch response.status {
        case 200..<300:
            guard let value = document?["access_token"]?.string, Self.isToken(value) else {
                self = .unavailable(status: response.status)
                return
            }
            let lifetime = document?["expires_in"]?.integer.flatMap { $0 > 0 ? Duration.seconds($0) : nil }
            self = .token(FetchedToken(value: Secret(value), lifetime: lifetime))
        case 300..<400, 404, 405: self = .notThere(status: response.status)
        case 408, 429, 500...: self = .unavailable(status: response.status)
        default:
            let error = APIProblem.token(document?["error"]) ?? APIProblem.token(document?["code"])
            let description = document?["error_description"]?.string ?? ""
            self = .refused(
                status: response.status,
                error: error,
                wantsOtherMethod: description.contains(Self.unsupportedMethod)
            )
        }
    }

    /// Source: what PingOne was seen to answer; it has no code of its own.
    private static let unsupportedMethod = "Unsupported authentication method"

    /// RFC 6750, section 2.1: what may stand behind `Bearer`.
    package static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}
