import FoundationEssentials

/// A JSON Web Token with which a client says that it is itself.
///
/// Source: OpenID Connect Core 1.0, section 9; RFC 7523, section 3. What PingOne asks of it: `iss` and `sub` the client id,
/// `aud` the address that was called, or that of the issuer, `exp` at most an hour ahead.
struct AssertedClient: Equatable, Sendable {
    let algorithm: String
    /// What was signed: header and claims as they stood in the token.
    let signed: [UInt8]
    let signature: [UInt8]
    private let claims: JSON

    /// Nil where it is no such token, or uses extensions that must be understood (`crit`).
    init?(token: String) {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.decoded(parts[0]).flatMap({ JSON.reading($0) }),
            let claims = Self.decoded(parts[1]).flatMap({ JSON.reading($0) }), let signature = Self.decoded(parts[2]),
            let algorithm = header["alg"]?.stringValue, header["crit"] == nil
        else { return nil }
        self.algorithm = algorithm
        self.signature = Array(signature)
        self.claims = claims
        signed = Array("\(parts[0]).\(parts[1])".utf8)
    }

    var isSignedWithSecret: Bool { algorithm.hasPrefix("HS") }

    /// What makes two assertions one; nil where it has none.
    var id: String? { claims["jti"]?.stringValue }

    /// Seconds since 1970; nil where it never ends.
    var expiry: Double? { claims["exp"]?.numberValue }

    /// What is wrong with what it says; nil if nothing is. `audiences`: the names of whom it may be for; `now`: seconds since
    /// 1970.
    func mistake(clientID: String, audiences: Set<String>, now: Double) -> String? {
        guard claims["iss"]?.stringValue == clientID, claims["sub"]?.stringValue == clientID else {
            return "iss and sub must be the client id"
        }
        guard !audiences.isDisjoint(with: audience) else { return "aud must be the token endpoint" }
        guard let expiry else { return "exp is required" }
        guard now < expiry else { return "it has expired" }
        guard expiry <= now + Self.longestLife else { return "exp must be at most one hour ahead" }
        let begins = [claims["nbf"], claims["iat"]].compactMap { $0?.numberValue }
        guard begins.allSatisfy({ $0 <= now + Self.leeway }) else { return "it is not valid yet" }
        return nil
    }

    private static let longestLife = 3600.0
    /// How far a client's clock may be ahead, in seconds.
    private static let leeway = 60.0

    private var audience: [String] {
        switch claims["aud"] {
        case .string(let name): [name]
        case .array(let names): names.compactMap(\.stringValue)
        default: []
        }
    }

    /// Base64url without padding. Source: RFC 7515, section 2.
    private static func decoded(_ text: Substring) -> Data? {
        guard text.utf8.allSatisfy({ isOfAlphabet($0) }) else { return nil }
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: text.replacing("-", with: "+").replacing("_", with: "/") + padding)
    }

    private static func isOfAlphabet(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
