import FoundationEssentials
import Testing

@testable import PingOneSimulator

@Suite("Requests for tokens")
struct TokenRequestTests {
    private static let form = "application/x-www-form-urlencoded"

    @Test("credentials in the header are form-encoded, as RFC 6749 has it")
    func encodedHeader() throws {
        let pair = "\(KnownIDs.clientID.replacing("-", with: "%2D")):simulator%2ddemo-secret"
        let request = try TokenRequest(
            contentType: "\(Self.form); charset=utf-8",
            authorization: "basic " + Data(pair.utf8).base64EncodedString(),
            body: "grant_type=client%5Fcredentials".utf8
        )
        #expect(request.proof == .basic(id: KnownIDs.clientID, secret: KnownIDs.clientSecret))
    }

    @Test(
        "a form that is no good is an invalid request",
        arguments: [
            ("application/json", "{}", "Content-Type must be application/x-www-form-urlencoded"),
            (form, "", "grant_type is required"),
            (form, "grant_type=", "grant_type is required"),
            (form, "grant_type=%2", "The form is not well encoded"),
            (form, "grant_type=%+1", "The form is not well encoded"),
            (form, "grant_type=%FF", "The form is not well encoded"),
            (form, "grant_type=client_credentials&grant_type=x", "A parameter must not be repeated"),
        ]
    )
    func invalid(contentType: String, body: String, description: String) {
        #expect(throws: TokenRequest.Refusal.invalidRequest(description)) {
            try TokenRequest(contentType: contentType, authorization: nil, body: body.utf8)
        }
    }

    @Test("an assertion comes with its type, and alone")
    func assertion() throws {
        let type = "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
        let token = "eyJhbGciOiJIUzI1NiJ9.e30.AA"
        func request(_ rest: String, authorization: String? = nil) throws(TokenRequest.Refusal) -> TokenRequest {
            try TokenRequest(
                contentType: Self.form,
                authorization: authorization,
                body: "grant_type=client_credentials\(rest)".utf8
            )
        }
        #expect(try request("&client_assertion=\(token)\(type)").proof.method == .clientSecretJWT)
        #expect(throws: TokenRequest.Refusal.invalidClient) { try request("&client_assertion=a.b\(type)") }
        #expect(throws: TokenRequest.Refusal.invalidClient) {
            try request("&client_assertion=\(token)\(type)&client_id=other")
        }
        #expect(throws: TokenRequest.Refusal.self) { try request("&client_assertion=\(token)") }
        #expect(throws: TokenRequest.Refusal.self) {
            try request("&client_assertion=\(token)\(type)&client_secret=x&client_id=y")
        }
        #expect(throws: TokenRequest.Refusal.self) {
            try request("&client_assertion=\(token)\(type)", authorization: "Basic YTpi")
        }
    }

    @Test("a request without credentials comes from no client")
    func withoutCredentials() {
        #expect(throws: TokenRequest.Refusal.invalidClient) {
            try TokenRequest(contentType: Self.form, authorization: nil, body: "grant_type=client_credentials".utf8)
        }
    }
}
