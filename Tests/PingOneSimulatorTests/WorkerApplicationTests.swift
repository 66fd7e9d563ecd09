import FoundationEssentials
import SignatureChecking
import Signing
import Testing

@testable import PingOneSimulator

@Suite("What the simulated PingOne takes for its worker application")
struct WorkerApplicationTests {
    private static let now = 1_700_000_000.0
    private static let audience = "http://127.0.0.1:1/e/as/token"

    // Made for these tests with `openssl ecparam -name prime256v1 -genkey -noout`; of no use to anybody.
    private static let publicPEM = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE6uOEACiUQCeTTFgL+z4xzegnt7Fd
        dTEeTHYG11NN5ErVyZRTtXojA5oE5W5sG0WxczrPO2i16WOs0U6UYSZGLA==
        -----END PUBLIC KEY-----
        """
    private static let privatePEM = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIEy9HNVveU6Tj4V8FdxgU6LuvdJDPEP2HGyMYjCzzwTyoAoGCCqGSM49
        AwEHoUQDQgAE6uOEACiUQCeTTFgL+z4xzegnt7FddTEeTHYG11NN5ErVyZRTtXoj
        A5oE5W5sG0WxczrPO2i16WOs0U6UYSZGLA==
        -----END EC PRIVATE KEY-----
        """
    private static let otherPEM = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEICt2cOi0hM0a1IszPPKPKPtuIdtnuJDSMGlHKeOgBHl2oAoGCCqGSM49
        AwEHoUQDQgAEn46Gn0N6Q2F78k7oyAz/ZKYQciwcpkqZ6PZGCXEbl75hvo752mWB
        t83K1d4ZFbzsunWVNk0OdT7wY9JwTvtXzg==
        -----END EC PRIVATE KEY-----
        """

    /// Who signs, and how that is called in the header.
    private enum Signer {
        case secret(String, called: String = "HS256")
        case key(String = privatePEM, called: String = "ES256")
        case nobody(called: String)
    }

    private static func encoded(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private static func token(_ signer: Signer, _ claims: JSON, header: String = "") throws -> String {
        let algorithm =
            switch signer {
            case .secret(_, let name), .key(_, let name), .nobody(let name): name
            }
        let signed = encoded(#"{"alg":"\#(algorithm)"\#(header)}"#.utf8) + "." + encoded(claims.bytes)
        let message = Array(signed.utf8)
        let signature =
            switch signer {
            case .secret(let secret, _): SecretSignature.hs256(of: message, secret: Array(secret.utf8))
            case .key(let pem, _): try SigningKey(pem: Array(pem.utf8)).signature(of: message)
            case .nobody: [] as [UInt8]
            }
        return "\(signed).\(encoded(signature))"
    }

    private static func claims(_ changes: [String: JSON?] = [:]) -> JSON {
        var claims: [String: JSON] = [
            "iss": .string(KnownIDs.clientID), "sub": .string(KnownIDs.clientID), "aud": .string(audience),
            "jti": "1", "iat": .integer(Int(now)), "exp": .integer(Int(now) + 180),
        ]
        for (name, value) in changes { claims[name] = value }
        return .object(claims.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: $0.value) })
    }

    private static func application(_ methods: [AuthMethod] = AuthMethod.allCases) -> WorkerApplication {
        WorkerApplication(methods: Set(methods), key: PublicKey(pem: publicPEM))
    }

    /// Nil where it is taken.
    private static func refusal(
        of token: String,
        by application: inout WorkerApplication
    ) -> TokenRequest.Refusal? {
        guard let client = AssertedClient(token: token) else { return .invalidClient }
        do {
            try application.authenticate(.assertion(client), audiences: [audience], now: now)
            return nil
        } catch {
            return error
        }
    }

    private static func refusal(of token: String) -> TokenRequest.Refusal? {
        var application = application()
        return refusal(of: token, by: &application)
    }

    @Test("takes what its secret and its key have signed")
    func taken() throws {
        #expect(try Self.refusal(of: Self.token(.secret(KnownIDs.clientSecret), Self.claims())) == nil)
        #expect(try Self.refusal(of: Self.token(.key(), Self.claims())) == nil)
        let several = Self.claims(["aud": .array(["x", .string(Self.audience)]), "jti": nil, "iat": nil])
        #expect(try Self.refusal(of: Self.token(.key(), several)) == nil)
    }

    @Test("takes no other signature, and none that is called by another name")
    func signatures() throws {
        let foreign: [Signer] = [
            .secret("other"), .key(Self.otherPEM), .nobody(called: "none"), .nobody(called: "HS256"),
            .secret(KnownIDs.clientSecret, called: "HS512"), .key(called: "ES384"),
            .key(called: "RS256"), .secret(KnownIDs.clientSecret, called: "ES256"),
            .secret(Self.publicPEM),
        ]
        for signer in foreign {
            let refusal = try Self.refusal(of: Self.token(signer, Self.claims()))
            #expect(refusal == .invalidClient || refusal == .unsupportedMethod, "\(signer)")
        }
        let good = try Self.token(.key(), Self.claims())
        let parts = good.split(separator: ".")
        let other = Self.encoded(Self.claims(["jti": "2"]).bytes)
        #expect(Self.refusal(of: "\(parts[0]).\(other).\(parts[2])") == .invalidClient)
        for broken in ["", "a.b", "..", good + ".", "\(parts[0]).\(parts[1])", good.replacing(".", with: "=.")] {
            #expect(Self.refusal(of: broken) == .invalidClient, "\(broken)")
        }
        let critical = try Self.token(.key(), Self.claims(), header: #","crit":["x"]"#)
        #expect(Self.refusal(of: critical) == .invalidClient)
    }

    @Test(
        "says what is wrong with what was signed",
        arguments: [
            (["iss": "other"], "iss and sub must be the client id"),
            (["sub": nil], "iss and sub must be the client id"),
            (["aud": "http://127.0.0.1:1"], "aud must be the token endpoint"),
            (["aud": nil], "aud must be the token endpoint"),
            (["exp": nil], "exp is required"),
            (["exp": .integer(Int(now))], "it has expired"),
            (["exp": .integer(Int(now) + 3601)], "exp must be at most one hour ahead"),
            (["iat": .integer(Int(now) + 61)], "it is not valid yet"),
            (["nbf": .integer(Int(now) + 61)], "it is not valid yet"),
        ] as [([String: JSON?], String)]
    )
    func mistakes(changes: [String: JSON?], mistake: String) throws {
        let token = try Self.token(.key(), Self.claims(changes))
        #expect(Self.refusal(of: token) == .invalidAssertion(mistake))
    }

    @Test("takes each assertion once, until it has expired")
    func replayed() throws {
        var application = Self.application()
        let token = try Self.token(.key(), Self.claims())
        #expect(Self.refusal(of: token, by: &application) == nil)
        #expect(Self.refusal(of: token, by: &application) == .invalidAssertion("its jti has been used"))
        let next = try Self.token(.key(), Self.claims(["jti": "2"]))
        #expect(Self.refusal(of: next, by: &application) == nil)
    }

    @Test("takes only the methods that it is set up for")
    func methods() throws {
        var byKey = Self.application([.privateKeyJWT])
        let signed = try Self.token(.secret(KnownIDs.clientSecret), Self.claims())
        #expect(Self.refusal(of: signed, by: &byKey) == .unsupportedMethod)
        #expect(throws: TokenRequest.Refusal.unsupportedMethod) {
            try byKey.authenticate(
                .basic(id: KnownIDs.clientID, secret: KnownIDs.clientSecret),
                audiences: [],
                now: Self.now
            )
        }
        var withoutKey = WorkerApplication(methods: Set(AuthMethod.allCases), key: nil)
        let byNobody = try Self.token(.key(), Self.claims())
        #expect(Self.refusal(of: byNobody, by: &withoutKey) == .invalidClient)
    }
}
