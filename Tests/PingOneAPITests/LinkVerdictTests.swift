import HTTPTransport
import PingOneAPI
import Testing

@Suite("What an answer says about a link")
struct LinkVerdictTests {
    /// What each status means, for an answer whose body is an ordinary error of the API, or the link for a 2xx.
    private static func expected(_ status: Int) -> LinkVerdict {
        let problem = APIProblem(status: status, code: "SOME_CODE", detailCode: "SOME_DETAIL", target: "externalId")
        return switch status {
        case 200...299: .made(id: "21fc98ed-5d1c-4fe4-b91e-acde99ce35a9")
        case 300...399: .refused(problem)
        case 401: .unauthorized(problem)
        case 408: .inDoubt(problem)
        case 409: .conflict(problem)
        case 429: .throttled(problem)
        case 400...499: .refused(problem)
        default: .inDoubt(problem)
        }
    }

    private static let link = #"{"_links":{},"id":"21fc98ed-5d1c-4fe4-b91e-acde99ce35a9","externalId":"3249023841"}"#
    private static let error = #"{"code":"SOME_CODE","details":[{"code":"SOME_DETAIL","target":"externalId"}]}"#

    @Test("every status has its meaning", arguments: 200...599)
    func everyStatus(status: Int) {
        let body = status < 300 ? Self.link : Self.error
        #expect(LinkVerdict(HTTPResponse(status, body)) == Self.expected(status))
    }

    @Test("a status above 599 proves nothing", arguments: [600, 999])
    func strangeStatus(status: Int) {
        #expect(
            LinkVerdict(HTTPResponse(status, Self.link))
                == .inDoubt(APIProblem(status: status, id: "21fc98ed-5d1c-4fe4-b91e-acde99ce35a9"))
        )
    }

    @Test("an error without a readable body is known by its status alone", arguments: 300...599)
    func emptyBodies(status: Int) {
        let verdict = LinkVerdict(HTTPResponse(status, "<html>"))
        let problem = APIProblem(status: status)
        switch status {
        case 401: #expect(verdict == .unauthorized(problem))
        case 403: #expect(verdict == .blocked(problem))
        case 409: #expect(verdict == .conflict(problem))
        case 429: #expect(verdict == .throttled(problem))
        case 408, 500...599: #expect(verdict == .inDoubt(problem))
        default: #expect(verdict == .refused(problem))
        }
    }

    @Test(
        "a 403 without PingOne's error document is a gateway's",
        arguments: ["", "<html>Forbidden</html>", "{}", #"{"message":"Forbidden"}"#, #"{"code":403}"#, "[]"]
    )
    func blocked(body: String) {
        #expect(LinkVerdict(HTTPResponse(403, body)) == .blocked(APIProblem(status: 403)))
    }

    @Test("a 403 about a missing equal-sign means that the path is unknown")
    func unknownPath() {
        let body = #"{"message":"Invalid key=value pair (missing equal-sign) in Authorization header: 'Bearer'."}"#
        #expect(APIProblem(HTTPResponse(403, body)).isUnknownPath)
        #expect(!APIProblem(HTTPResponse(400, body)).isUnknownPath)
        #expect(!APIProblem(HTTPResponse(403, #"{"message":"Forbidden"}"#)).isUnknownPath)
    }

    @Test("a uniqueness violation is a conflict as a 400, wherever it stands among the details")
    func uniqueness() {
        let violation = #"{"code":"UNIQUENESS_VIOLATION","target":"externalId"}"#
        let problem = APIProblem(
            status: 400,
            code: "INVALID_DATA",
            detailCode: "UNIQUENESS_VIOLATION",
            target: "externalId"
        )
        for details in [violation, #"{"code":"INVALID_VALUE"},\#(violation)"#] {
            let body = #"{"code":"INVALID_DATA","details":[\#(details)]}"#
            #expect(LinkVerdict(HTTPResponse(400, body)) == .conflict(problem))
            guard case .refused = LinkVerdict(HTTPResponse(422, body)) else {
                Issue.record("422 is no conflict")
                continue
            }
        }
    }

    @Test("a 503 is in doubt also when it names a time")
    func busy() {
        var response = HTTPResponse(503)
        response.headers = HTTPHeaderBlock([HTTPHeader(name: "Retry-After", value: "1")])
        #expect(LinkVerdict(response) == .inDoubt(APIProblem(status: 503)))
    }

    @Test(
        "a 2xx that does not name the link is in doubt",
        arguments: [
            "", "{}", "[]", "null", #""21fc98ed""#, #"{"id":""}"#, #"{"id":null}"#, #"{"id":7}"#, #"{"id":{"id":"a"}}"#,
            #"{"id":"a/b"}"#, #"{"id":"a b"}"#, #"{"id":"../x"}"#, #"{"id":"a?b"}"#, #"{"id":"a\n"}"#, #"{"id":"é"}"#,
            #"{"ID":"a"}"#, #"{"_embedded":{"id":"a"}}"#, #"{"id":"a""#, #"{"id":"a"} tail"#, "<html>id</html>",
        ]
    )
    func unreadable(body: String) {
        for status in [200, 201, 202, 204] {
            #expect(LinkVerdict(HTTPResponse(status, body)) == .inDoubt(APIProblem(status: status)))
        }
    }

    @Test("a 2xx whose body was cut off is in doubt, even where the beginning could be read")
    func cutOff() {
        #expect(LinkVerdict(HTTPResponse(200, Self.link, isComplete: false)) == .inDoubt(APIProblem(status: 200)))
    }

    @Test("an id is 1 to 128 characters long", arguments: [(1, true), (128, true), (129, false)])
    func idLength(length: Int, isLinked: Bool) {
        let id = String(repeating: "a", count: length)
        let verdict = LinkVerdict(HTTPResponse(201, #"{"id":"\#(id)"}"#))
        #expect(verdict == (isLinked ? .made(id: id) : .inDoubt(APIProblem(status: 201))))
    }
}
