import Foundation
import HTTPTransport
import PingOneAPI
import Testing

@Suite("ClientCredentials")
struct ClientCredentialsTests {
    private func request(id: String, secret: String, method: ClientCredentials.Method) -> HTTPRequest {
        ClientCredentials(clientID: id, clientSecret: Secret(secret), method: method)
            .tokenRequest(url: "https://auth.pingone.com/E/as/token", timeout: .seconds(7))
    }

    @Test("basic shows the credentials in a header")
    func basic() {
        #expect(
            request(id: "client", secret: "secret", method: .basic)
                == HTTPRequest(
                    method: .post,
                    url: "https://auth.pingone.com/E/as/token",
                    headers: [
                        HTTPHeader(name: "Content-Type", value: "application/x-www-form-urlencoded"),
                        HTTPHeader(name: "Accept", value: "application/json"),
                        HTTPHeader(name: "Authorization", value: "Basic Y2xpZW50OnNlY3JldA=="),
                    ],
                    body: Array("grant_type=client_credentials".utf8),
                    timeout: .seconds(7)
                )
        )
    }

    @Test("post shows them in the body")
    func post() {
        #expect(
            request(id: "client", secret: "secret", method: .post)
                == HTTPRequest(
                    method: .post,
                    url: "https://auth.pingone.com/E/as/token",
                    headers: [
                        HTTPHeader(name: "Content-Type", value: "application/x-www-form-urlencoded"),
                        HTTPHeader(name: "Accept", value: "application/json"),
                    ],
                    body: Array("grant_type=client_credentials&client_id=client&client_secret=secret".utf8),
                    timeout: .seconds(7)
                )
        )
    }

    @Test(
        "both encode what is not plain, as RFC 6749 asks for",
        arguments: [
            ("Az09-._~", "Az09-._~"), ("a:b", "a%3Ab"), ("a b", "a%20b"), ("a+b", "a%2Bb"), ("a&b=c", "a%26b%3Dc"),
            ("50%", "50%25"), ("\t\n", "%09%0A"), ("é", "%C3%A9"), ("😀", "%F0%9F%98%80"), ("\"*/@", "%22%2A%2F%40"),
        ]
    )
    func encoding(text: String, encoded: String) throws {
        let posted = request(id: text, secret: text, method: .post)
        #expect(
            posted.body
                == Array("grant_type=client_credentials&client_id=\(encoded)&client_secret=\(encoded)".utf8)
        )
        let header = try #require(request(id: text, secret: text, method: .basic).headers.last?.value)
        try #require(header.hasPrefix("Basic "))
        let pair = try #require(Data(base64Encoded: String(header.dropFirst(6))))
        #expect(String(decoding: pair, as: UTF8.self) == "\(encoded):\(encoded)")
    }
}

@Suite("TokenVerdict")
struct TokenVerdictTests {
    private func token(_ value: String, lifetime: Duration?) -> TokenVerdict {
        .token(FetchedToken(value: Secret(value), lifetime: lifetime))
    }

    @Test("reads the sample")
    func sample() {
        let body = #"{"access_token":"eyJ.a-b_c","token_type":"Bearer","expires_in":3600}"#
        #expect(TokenVerdict(HTTPResponse(200, body)) == token("eyJ.a-b_c", lifetime: .seconds(3600)))
    }

    @Test(
        "a lifetime that makes no sense is none",
        arguments: ["0", "-1", "null", #""3600""#, "1e3", "3600.5", "99999999999999999999", "[]"]
    )
    func lifetime(json: String) {
        let body = #"{"access_token":"t","expires_in":\#(json)}"#
        #expect(TokenVerdict(HTTPResponse(201, body)) == token("t", lifetime: nil))
    }

    @Test("a lifetime may be missing, and may be very long")
    func extremes() {
        #expect(TokenVerdict(HTTPResponse(200, #"{"access_token":"t"}"#)) == token("t", lifetime: nil))
        let body = #"{"access_token":"t","expires_in":9223372036854775807}"#
        #expect(TokenVerdict(HTTPResponse(200, body)) == token("t", lifetime: .seconds(Int64.max)))
    }

    @Test(
        "a 2xx without a usable token is worth another try",
        arguments: [
            "", "{}", "[]", "<html>", #"{"access_token":""}"#, #"{"access_token":7}"#, #"{"access_token":"a b"}"#,
            #"{"access_token":"a\r\nX: y"}"#, #"{"access_token":"é"}"#, #"{"access_token":"a\u0000"}"#,
            #"{"access_token":"a\u007f"}"#,
        ]
    )
    func noToken(body: String) {
        #expect(TokenVerdict(HTTPResponse(200, body)) == .unavailable(status: 200))
    }

    @Test("a cut-off answer is worth another try")
    func cutOff() {
        let response = HTTPResponse(200, #"{"access_token":"t"}"#, isComplete: false)
        #expect(TokenVerdict(response) == .unavailable(status: 200))
    }

    @Test("every other status has its meaning", arguments: 300...599)
    func statuses(status: Int) {
        let body = #"{"error":"invalid_client","error_description":"Request denied (Correlation ID: 89736fdc)"}"#
        let expected: TokenVerdict =
            switch status {
            case 300..<400, 404, 405: .notThere(status: status)
            case 408, 429, 500...599: .unavailable(status: status)
            default: .refused(status: status, error: "invalid_client")
            }
        #expect(TokenVerdict(HTTPResponse(status, body)) == expected)
    }

    @Test(
        "the code of a refusal comes from either form of error",
        arguments: [
            (#"{"error":"unauthorized_client"}"#, "unauthorized_client" as String?),
            (#"{"code":"ACCESS_FAILED","message":"no"}"#, "ACCESS_FAILED"),
            ("", nil), ("<html>", nil), ("{}", nil), (#"{"error":{"code":"x"}}"#, nil),
        ]
    )
    func codes(body: String, error: String?) {
        #expect(TokenVerdict(HTTPResponse(401, body)) == .refused(status: 401, error: error))
    }

    @Test(
        "a text that is no plain code never passes",
        arguments: [
            "", " ", "a b", "a\nb", "ê", "\u{AA}", "ÃÂ", "a@b", "\u{1B}[31m", String(repeating: "a", count: 129),
        ]
    )
    func hostileCodes(text: String) {
        let body = JSONValue.object(["error": .string(text)]).text
        #expect(TokenVerdict(HTTPResponse(400, body)) == .refused(status: 400, error: nil))
    }

    @Test(
        "what may stand behind Bearer",
        arguments: [
            ("eyJhbGciOi.eyJz_d-W.c2ln", true), ("!~", true), ("", false), ("a b", false), ("a\n", false), ("é", false),
            ("\u{7F}", false), ("\u{0}", false),
        ]
    )
    func isToken(text: String, expected: Bool) {
        #expect(TokenVerdict.isToken(text) == expected)
    }
}
