import PingOneAPI
import PingOneClient
import Testing

@Suite("A refused application")
struct TokenRefusalTests {
    private static let refuses = "The authorization server refuses the worker application "
    private static let checkSecret = "Check client id, secret, --auth-method and --auth-environment."
    private static let checkKey =
        "Check client id, --auth-method and --auth-environment, and that PingOne has the public key of "
        + "--private-key-file, under this --key-id."
    private static let behind = "which makes what is signed look expired: set it (timedatectl), then run again."

    @Test(
        "is told what to look at",
        arguments: [
            (TokenRefusal(status: 401, error: "invalid_client"), "(HTTP 401, invalid_client). \(checkSecret)"),
            (TokenRefusal(status: 403, error: nil, method: .clientSecretJWT), "(HTTP 403). \(checkSecret)"),
            (
                TokenRefusal(status: 401, error: "invalid_client", method: .privateKeyJWT),
                "(HTTP 401, invalid_client). \(checkKey)"
            ),
            (
                TokenRefusal(status: 401, error: "invalid_client", wantsOtherMethod: true, method: .post),
                "(HTTP 401, invalid_client). It takes another --auth-method than post: see the application's token endpoint authentication method in PingOne."
            ),
            (
                TokenRefusal(status: 400, error: "unsupported_grant_type"),
                "(HTTP 400, unsupported_grant_type). Give the application the grant type Client Credentials in PingOne."
            ),
            (
                TokenRefusal(status: 401, error: nil, method: .privateKeyJWT, clockLead: -30),
                "(HTTP 401). \(checkKey) This machine's clock is 30 s behind the server's, \(behind)"
            ),
            (
                TokenRefusal(status: 401, error: nil, method: .clientSecretJWT, clockLead: -7199),
                "(HTTP 401). \(checkSecret) This machine's clock is 119 min behind the server's, \(behind)"
            ),
            (
                TokenRefusal(status: 401, error: nil, method: .clientSecretJWT, clockLead: 86_400),
                "(HTTP 401). \(checkSecret) This machine's clock is 24 h ahead of the server's, which makes what is signed look not valid yet: set it (timedatectl), then run again."
            ),
            (TokenRefusal(status: 401, error: nil, method: .basic, clockLead: -600), "(HTTP 401). \(checkSecret)"),
            (TokenRefusal(status: 401, error: nil, method: .privateKeyJWT, clockLead: 29), "(HTTP 401). \(checkKey)"),
        ] as [(TokenRefusal, String)]
    )
    func messages(refusal: TokenRefusal, text: String) {
        #expect(refusal.message == Self.refuses + text)
    }
}
