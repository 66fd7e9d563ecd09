import FoundationEssentials
package import HTTPTransport

/// A worker application and how it shows that it is itself.
package struct ClientCredentials: Sendable, Equatable {
    /// Source: the application's `tokenEndpointAuthMethod`: `CLIENT_SECRET_BASIC`, `CLIENT_SECRET_POST`,
    /// `CLIENT_SECRET_JWT`, `PRIVATE_KEY_JWT`.
    package enum Method: String, Sendable, Equatable, CaseIterable {
        case basic
        case post
        case clientSecretJWT = "client-secret-jwt"
        case privateKeyJWT = "private-key-jwt"
    }

    package enum Proof: Sendable, Equatable {
        case basic(Secret)
        case post(Secret)
        case assertion(ClientAssertion.Signer)

        package var method: Method {
            switch self {
            case .basic: .basic
            case .post: .post
            case .assertion(.secret): .clientSecretJWT
            case .assertion(.key): .privateKeyJWT
            }
        }
    }

    package var clientID: String
    package var proof: Proof

    package init(clientID: String, proof: Proof) {
        self.clientID = clientID
        self.proof = proof
    }

    /// The OAuth 2.0 client credentials grant (RFC 6749, section 4.4), for one request: an assertion is taken once.
    ///
    /// `url`: the token's address; `now`: seconds since 1970; `id`: of this request and no other.
    package func tokenRequest(url: String, timeout: Duration, now: Int64, id: String) -> HTTPRequest {
        var headers = [
            HTTPHeader(name: "Content-Type", value: "application/x-www-form-urlencoded"),
            HTTPHeader(name: "Accept", value: "application/json"),
        ]
        var form = "grant_type=client_credentials"
        switch proof {
        case .basic(let secret):
            // RFC 6749, section 2.3.1: both parts are form-encoded before they are joined.
            let pair = clientID.percentEncoded + ":" + secret.reveal().percentEncoded
            let encoded = Data(pair.utf8).base64EncodedString()
            headers.append(HTTPHeader(name: "Authorization", value: "Basic \(encoded)"))
        case .post(let secret):
            form += "&client_id=\(clientID.percentEncoded)"
            form += "&client_secret=\(secret.reveal().percentEncoded)"
        case .assertion(let signer):
            let assertion = ClientAssertion(signer: signer, clientID: clientID, audience: url, issuedAt: now, id: id)
            // RFC 7521, section 4.2.
            form += "&client_assertion_type=\(Self.assertionType.percentEncoded)"
            form += "&client_assertion=\(assertion.text.percentEncoded)"
        }
        return HTTPRequest(method: .post, url: url, headers: headers, body: Array(form.utf8), timeout: timeout)
    }

    /// Source: RFC 7523, section 2.2.
    private static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
}
