import FoundationEssentials
import JSON
package import Signing

/// A signed statement of the worker application that it is itself, instead of its secret.
///
/// Source: OpenID Connect Core 1.0, section 9 (`client_secret_jwt`, `private_key_jwt`); RFC 7523, section 3. What PingOne
/// takes: see the documents on its token endpoint: `iss` and `sub` the client id, `aud` the token's address, `exp` within
/// an hour.
package struct ClientAssertion: Sendable, Equatable {
    package enum Signer: Sendable, Equatable {
        /// HS256 with the application's secret.
        case secret(Secret)
        /// `id`: of the public key, where the application has several.
        case key(SigningKey, id: String?)
    }

    package var signer: Signer
    package var clientID: String
    /// The token's address.
    package var audience: String
    /// Seconds since 1970, by this machine's clock.
    package var issuedAt: Int64
    /// Never the same twice: a server takes each assertion once.
    package var id: String

    /// How long it holds, in seconds: long enough for clocks that are a little off.
    package static let lifetime: Int64 = 180

    package init(signer: Signer, clientID: String, audience: String, issuedAt: Int64, id: String) {
        self.signer = signer
        self.clientID = clientID
        self.audience = audience
        self.issuedAt = issuedAt
        self.id = id
    }

    /// As a JSON Web Token in its compact form. Source: RFC 7515, section 7.1.
    package var text: String {
        let signed = "\(Self.encoded(header.text.utf8)).\(Self.encoded(claims.text.utf8))"
        return "\(signed).\(Self.encoded(signature(of: Array(signed.utf8))))"
    }

    private var header: JSONValue {
        switch signer {
        case .secret: .object(["alg": .string("HS256"), "typ": .string("JWT")])
        case .key(let key, nil): .object(["alg": .string(key.algorithm.rawValue), "typ": .string("JWT")])
        case .key(let key, let id?):
            .object(["alg": .string(key.algorithm.rawValue), "typ": .string("JWT"), "kid": .string(id)])
        }
    }

    private var claims: JSONValue {
        .object([
            "iss": .string(clientID),
            "sub": .string(clientID),
            "aud": .string(audience),
            "jti": .string(id),
            "iat": .number(String(issuedAt)),
            "exp": .number(String(issuedAt + Self.lifetime)),
        ])
    }

    private func signature(of message: [UInt8]) -> [UInt8] {
        switch signer {
        case .secret(let secret): SecretSignature.hs256(of: message, secret: Array(secret.reveal().utf8))
        case .key(let key, _): key.signature(of: message)
        }
    }

    /// Base64url without padding. Source: RFC 7515, section 2.
    private static func encoded(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
