import Foundation
import HTTPTransport
import PingOneAPI
import Signing
import Testing

@Suite("A signed assertion by which a client signs on")
struct ClientAssertionTests {
    /// Made for these tests with `openssl ecparam -name prime256v1 -genkey -noout`; of no use to anybody.
    private static let key = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIFA0wJqYAremxR4107FUX10MOn6Qy+7+oLv8TAhVuZdnoAoGCCqGSM49
        AwEHoUQDQgAExK1nFRWnivi6qMbX4dVP0r3U/VbjCsqZiGgDQthz/V3vxVpxwly1
        nigMR1a4P6FV7SapVHMyi95FdHKmGmRIVQ==
        -----END EC PRIVATE KEY-----
        """

    private func assertion(_ signer: ClientAssertion.Signer, id: String = "7") -> ClientAssertion {
        ClientAssertion(
            signer: signer,
            clientID: "the \"client\"",
            audience: "https://auth.pingone.eu/E/as/token",
            issuedAt: 1_700_000_000,
            id: id
        )
    }

    private func text(_ part: Substring) throws -> String {
        String(decoding: try decoded(part), as: UTF8.self)
    }

    private func decoded(_ part: Substring) throws -> Data {
        let padded =
            String(part).replacing("-", with: "+").replacing("_", with: "/")
            + String(repeating: "=", count: (4 - part.count % 4) % 4)
        return try #require(Data(base64Encoded: padded))
    }

    @Test("says who it is from, for whom, from when to when, and by which key")
    func claims() throws {
        let key = try SigningKey(pem: Array(Self.key.utf8))
        let parts = assertion(.key(key, id: "k\"1")).text.split(separator: ".", omittingEmptySubsequences: false)
        try #require(parts.count == 3)
        #expect(try self.text(parts[0]) == #"{"alg":"ES256","typ":"JWT","kid":"k\"1"}"#)
        #expect(
            try self.text(parts[1])
                == #"{"iss":"the \"client\"","sub":"the \"client\"","aud":"https://auth.pingone.eu/E/as/token","#
                + #""jti":"7","iat":1700000000,"exp":1700000180}"#
        )
        #expect(parts[2].count == 86, "two numbers of 32 bytes")
        let unnamed = assertion(.key(key, id: nil)).text.split(separator: ".")
        #expect(try self.text(unnamed[0]) == #"{"alg":"ES256","typ":"JWT"}"#)
    }

    @Test("with a secret it is the HMAC of what comes before")
    func secret() throws {
        let text = assertion(.secret(Secret("s3cret"))).text
        let parts = text.split(separator: ".")
        #expect(try self.text(parts[0]) == #"{"alg":"HS256","typ":"JWT"}"#)
        let code = SecretSignature.hs256(of: Array("\(parts[0]).\(parts[1])".utf8), secret: Array("s3cret".utf8))
        #expect(try decoded(parts[2]) == Data(code))
        #expect(!text.contains("s3cret"))
    }

    @Test("is sent in the body, with its type and nothing else of the client")
    func request() throws {
        let credentials = ClientCredentials(clientID: "id", proof: .assertion(.secret(Secret("s3cret"))))
        let url = "https://auth.pingone.eu/E/as/token"
        let request = credentials.tokenRequest(url: url, timeout: .seconds(7), now: 5, id: "a")
        let assertion = ClientAssertion(
            signer: .secret(Secret("s3cret")),
            clientID: "id",
            audience: url,
            issuedAt: 5,
            id: "a"
        )
        #expect(
            String(decoding: request.body ?? [], as: UTF8.self)
                == "grant_type=client_credentials"
                + "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
                + "&client_assertion=\(assertion.text)"
        )
        #expect(request.headers.map(\.name) == ["Content-Type", "Accept"])
    }
}
