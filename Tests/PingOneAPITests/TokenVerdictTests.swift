import HTTPTransport
import JSON
import PingOneAPI
import Testing

@Suite("What an answer to a token request says")
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
            default: .refused(status: status, error: "invalid_client", wantsOtherMethod: false)
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
        #expect(TokenVerdict(HTTPResponse(401, body)) == .refused(status: 401, error: error, wantsOtherMethod: false))
    }

    @Test("an application that is set up for another method says so in words only")
    func otherMethod() {
        let body =
            #"{"error":"invalid_client","error_description":"Request denied: Unsupported authentication method (Correlation ID: 89736fdc)"}"#
        let expected = TokenVerdict.refused(status: 401, error: "invalid_client", wantsOtherMethod: true)
        #expect(TokenVerdict(HTTPResponse(401, body)) == expected)
    }

    @Test(
        "a text that is no plain code never passes",
        arguments: [
            "", " ", "a b", "a\nb", "ê", "\u{AA}", "ÃÂ", "a@b", "\u{1B}[31m", String(repeating: "a", count: 129),
        ]
    )
    func hostileCodes(text: String) {
        let body = JSONValue.object(["error": .string(text)]).text
        #expect(TokenVerdict(HTTPResponse(400, body)) == .refused(status: 400, error: nil, wantsOtherMethod: false))
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
