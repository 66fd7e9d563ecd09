import FoundationEssentials

/// A request for a token: who asks, and for which grant.
///
/// `client_secret_basic` and `client_secret_post` are both understood, whichever an application is set up for.
/// Source: RFC 6749, sections 2.3.1, 4.4 and 5.2.
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
    }

    private let clientID: String
    private let clientSecret: String

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
        (clientID, clientSecret) = try Self.credentials(authorization: authorization, fields: fields)
    }

    /// - Throws: `invalid_client` unless the credentials are those of the worker application.
    func authenticate() throws(Refusal) {
        guard clientID == KnownIDs.clientID, clientSecret == KnownIDs.clientSecret else { throw .invalidClient }
    }

    private static func credentials(
        authorization: String?,
        fields: [String: String]
    ) throws(Refusal) -> (String, String) {
        guard let authorization else {
            guard let id = fields["client_id"], let secret = fields["client_secret"] else { throw .invalidClient }
            return (id, secret)
        }
        guard fields["client_secret"] == nil else {
            throw .invalidRequest("Only one method of client authentication may be used")
        }
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
        return (id, secret)
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
