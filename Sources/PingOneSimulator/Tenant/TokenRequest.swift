import FoundationEssentials

/// A request for a token: who asks, and for which grant.
///
/// Source: RFC 6749, sections 2.3.1, 4.4 and 5.2; RFC 7521, section 4.2.
struct TokenRequest: Equatable, Sendable {
    /// A refusal in the shape of OAuth.
    struct Refusal: Error, Equatable, Sendable {
        var status: Int
        var error: String
        var description: String

        static func invalidRequest(_ description: String) -> Self {
            .init(status: 400, error: "invalid_request", description: description)
        }

        static let invalidClient = Self(
            status: 401,
            error: "invalid_client",
            description: "Request denied: Invalid client credentials"
        )

        static func invalidAssertion(_ mistake: String) -> Self {
            .init(status: 401, error: "invalid_client", description: "Request denied: Client assertion: \(mistake)")
        }

        /// In PingOne's own words.
        static let unsupportedMethod = Self(
            status: 401,
            error: "invalid_client",
            description: "Request denied: Unsupported authentication method"
        )
    }

    /// How the client shows who it is.
    enum Proof: Equatable, Sendable {
        case basic(id: String, secret: String)
        case post(id: String, secret: String)
        case assertion(AssertedClient)

        var method: AuthMethod {
            switch self {
            case .basic: .basic
            case .post: .post
            case .assertion(let client): client.isSignedWithSecret ? .clientSecretJWT : .privateKeyJWT
            }
        }
    }

    let proof: Proof

    init(contentType: String?, authorization: String?, body: some Sequence<UInt8>) throws(Refusal) {
        guard MediaType.matches(contentType, "application/x-www-form-urlencoded") else {
            throw .invalidRequest("Content-Type must be application/x-www-form-urlencoded")
        }
        let fields = try Self.fields(of: String(decoding: Array(body), as: UTF8.self))
        guard let grantType = fields["grant_type"], !grantType.isEmpty else {
            throw .invalidRequest("grant_type is required")
        }
        guard grantType == "client_credentials" else {
            throw Refusal(
                status: 400,
                error: "unsupported_grant_type",
                description: "grant_type must be client_credentials"
            )
        }
        proof = try Self.proof(authorization: authorization, fields: fields)
    }

    private static func proof(authorization: String?, fields: [String: String]) throws(Refusal) -> Proof {
        let secret = fields["client_secret"]
        let assertion = fields["client_assertion"]
        guard [authorization, secret, assertion].compactMap(\.self).count <= 1 else {
            throw .invalidRequest("Only one method of client authentication may be used")
        }
        if let authorization { return try basic(authorization) }
        if let assertion { return try asserted(assertion, fields) }
        guard let id = fields["client_id"], let secret else { throw .invalidClient }
        return .post(id: id, secret: secret)
    }

    private static func asserted(_ assertion: String, _ fields: [String: String]) throws(Refusal) -> Proof {
        guard fields["client_assertion_type"] == assertionType else {
            throw .invalidRequest("client_assertion_type must be \(assertionType)")
        }
        let id = fields["client_id"] ?? KnownIDs.clientID
        guard let client = AssertedClient(token: assertion), id == KnownIDs.clientID else { throw .invalidClient }
        return .assertion(client)
    }

    /// Source: RFC 7523, section 2.2.
    private static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    private static func basic(_ authorization: String) throws(Refusal) -> Proof {
        let words = authorization.split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0].lowercased() == "basic",
            let data = Data(base64Encoded: String(words[1])),
            let pair = String(validating: data, as: UTF8.self)?.split(
                separator: ":",
                maxSplits: 1,
                omittingEmptySubsequences: false
            ),
            pair.count == 2, let id = formDecoded(pair[0]), let secret = formDecoded(pair[1])
        else { throw .invalidClient }
        return .basic(id: id, secret: secret)
    }

    private static func fields(of form: String) throws(Refusal) -> [String: String] {
        var fields: [String: String] = [:]
        for pair in form.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = formDecoded(halves[0]), let value = formDecoded(halves.count == 2 ? halves[1] : "") else {
                throw .invalidRequest("The form is not well encoded")
            }
            guard fields.updateValue(value, forKey: name) == nil else {
                throw .invalidRequest("A parameter must not be repeated")
            }
        }
        return fields
    }

    /// Percent-encoded, with `+` for a space; nil if it is not well encoded.
    private static func formDecoded(_ text: Substring) -> String? {
        PercentEncoding.decoding(text.replacing("+", with: " "))
    }
}
