import FoundationEssentials
package import HTTPTransport

/// A worker application's credentials and how it shows them.
package struct ClientCredentials: Sendable, Equatable {
    /// Source: the application's `tokenEndpointAuthMethod`: `CLIENT_SECRET_BASIC`, `CLIENT_SECRET_POST`.
    package enum Method: String, Sendable, Equatable, CaseIterable {
        case basic
        case post
    }

    package var clientID: String
    package var clientSecret: Secret
    package var method: Method

    package init(clientID: String, clientSecret: Secret, method: Method) {
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.method = method
    }

    /// The OAuth 2.0 client credentials grant (RFC 6749, section 4.4); `url` is `<auth>/<environment>/as/token`.
    package func tokenRequest(url: String, timeout: Duration) -> HTTPRequest {
        var headers = [
            HTTPHeader(name: "Content-Type", value: "application/x-www-form-urlencoded"),
            HTTPHeader(name: "Accept", value: "application/json"),
        ]
        var form = "grant_type=client_credentials"
        switch method {
        case .basic:
            // RFC 6749, section 2.3.1: both parts are form-encoded before they are joined.
            let pair = clientID.percentEncoded + ":" + clientSecret.reveal().percentEncoded
            let encoded = Data(pair.utf8).base64EncodedString()
            headers.append(HTTPHeader(name: "Authorization", value: "Basic \(encoded)"))
        case .post:
            form += "&client_id=\(clientID.percentEncoded)"
            form += "&client_secret=\(clientSecret.reveal().percentEncoded)"
        }
        return HTTPRequest(method: .post, url: url, headers: headers, body: Array(form.utf8), timeout: timeout)
    }
}

/// What the authorization server answered to a token request.
package enum TokenVerdict: Sendable, Equatable {
    case token(FetchedToken)
    /// The credentials were refused; `error` is the OAuth code, for instance `invalid_client`.
    case refused(status: Int, error: String?)
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
            self = .refused(status: response.status, error: error)
        }
    }

    /// RFC 6750, section 2.1: what may stand behind `Bearer`.
    package static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}
