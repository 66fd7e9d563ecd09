import HTTPTransport
import JSON
import PingOneAPI
import Testing

@Suite("What is read of PingOne's error documents")
struct APIProblemTests {
    struct Sample: CustomTestStringConvertible, Sendable {
        var name: String
        var status: Int
        var body: String
        var problem: APIProblem
        var summary: String

        var testDescription: String { name }
    }

    @Test(
        "reads the codes of the API's samples and no message",
        arguments: [
            Sample(
                name: "a validation error without details",
                status: 400,
                body: #"{"id":"6c796712-0f16-4062-815a-e0a92f4a2143","code":"INVALID_DATA","message":"#
                    + #""The request could not be completed. One or more validation errors were in the request."}"#,
                problem: APIProblem(status: 400, code: "INVALID_DATA", id: "6c796712-0f16-4062-815a-e0a92f4a2143"),
                summary: "HTTP 400 INVALID_DATA"
            ),
            Sample(
                name: "a malformed value",
                status: 400,
                body: #"{"id":"15051F81-2500-4BBB-BE4A-0AF31DD50205","code":"INVALID_REQUEST","message":"#
                    + #""The request could not be completed. The request was malformed or invalid.","details":"#
                    + #"[{"code":"INVALID_VALUE","target":"priority","message":"Invalid value for attribute."}]}"#,
                problem: APIProblem(
                    status: 400,
                    code: "INVALID_REQUEST",
                    detailCode: "INVALID_VALUE",
                    target: "priority",
                    id: "15051F81-2500-4BBB-BE4A-0AF31DD50205"
                ),
                summary: "HTTP 400 INVALID_REQUEST, INVALID_VALUE (priority)"
            ),
            Sample(
                name: "a duplicate",
                status: 400,
                body:
                    #"{"code":"INVALID_DATA","details":[{"code":"UNIQUENESS_VIOLATION","target":"username","message":"#
                    + #""is unique but a non-unique value is provided"}]}"#,
                problem: APIProblem(
                    status: 400,
                    code: "INVALID_DATA",
                    detailCode: "UNIQUENESS_VIOLATION",
                    target: "username"
                ),
                summary: "HTTP 400 INVALID_DATA, UNIQUENESS_VIOLATION (username)"
            ),
            Sample(
                name: "no access",
                status: 403,
                body: #"{"id":"dummyerrorid","code":"ACCESS_FAILED","message":"#
                    + #""The request could not be completed. You do not have access to this resource.","details":"#
                    + #"[{"code":"INSUFFICIENT_PERMISSIONS","message":"#
                    + #""The actor attempting to perform the request is not authorized."}]}"#,
                problem: APIProblem(
                    status: 403,
                    code: "ACCESS_FAILED",
                    detailCode: "INSUFFICIENT_PERMISSIONS",
                    id: "dummyerrorid"
                ),
                summary: "HTTP 403 ACCESS_FAILED, INSUFFICIENT_PERMISSIONS"
            ),
            Sample(
                name: "a duplicate that is not the first detail",
                status: 400,
                body: #"{"code":"INVALID_DATA","details":[{"code":"INVALID_VALUE","target":"email"},"#
                    + #"{"code":"UNIQUENESS_VIOLATION","target":"externalId"}]}"#,
                problem: APIProblem(
                    status: 400,
                    code: "INVALID_DATA",
                    detailCode: "UNIQUENESS_VIOLATION",
                    target: "externalId"
                ),
                summary: "HTTP 400 INVALID_DATA, UNIQUENESS_VIOLATION (externalId)"
            ),
            Sample(
                name: "a detail with a target only",
                status: 400,
                body: #"{"details":[{"target":"attributes[0].name.first"}]}"#,
                problem: APIProblem(status: 400, target: "attributes[0].name.first"),
                summary: "HTTP 400, attributes[0].name.first"
            ),
            Sample(
                name: "codes that nobody has seen yet",
                status: 418,
                body: #"{"code":"TEAPOT_v2","details":[{"code":"TOO-HOT"}]}"#,
                problem: APIProblem(status: 418, code: "TEAPOT_v2", detailCode: "TOO-HOT"),
                summary: "HTTP 418 TEAPOT_v2, TOO-HOT"
            ),
            Sample(
                name: "a gateway's page",
                status: 502,
                body: "<html><head><title>502 Bad Gateway</title></head></html>",
                problem: APIProblem(status: 502),
                summary: "HTTP 502"
            ),
            Sample(name: "nothing", status: 503, body: "", problem: APIProblem(status: 503), summary: "HTTP 503"),
        ]
    )
    func samples(_ sample: Sample) {
        let problem = APIProblem(HTTPResponse(sample.status, sample.body))
        #expect(problem == sample.problem)
        #expect(problem.summary == sample.summary)
    }

    @Test(
        "a document of another shape is only a status",
        arguments: [
            "null", "[]", #""INVALID_DATA""#, "7", #"{"code":7,"id":null,"details":{"code":"X"}}"#,
            #"{"details":["UNIQUENESS_VIOLATION",7,null]}"#, #"{"details":[]}"#, #"{"details":[{"code":["X"]}]}"#,
            #"{"code":"INVALID_DATA""#,
        ]
    )
    func otherShapes(body: String) {
        #expect(APIProblem(HTTPResponse(400, body)) == APIProblem(status: 400))
    }

    @Test(
        "a text that is no plain code never passes",
        arguments: [
            "", " ", "INVALID DATA", "a\nb", "a\r\nInjected: yes", "\u{1B}[31mred", "leslie@example.com", "é",
            "e\u{301}",
            "😀", "\u{202E}txt", "a\u{0}b", "<script>", "a,b", "a;b", "\"a\"", "=1+1", "${jndi}", "%s", "C:\\x",
            "\u{FF21}BC", String(repeating: "A", count: 129),
        ]
    )
    func hostileTexts(text: String) {
        let hostile = JSONValue.string(text)
        let document: JSONValue = .object([
            "code": hostile, "id": hostile, "details": .array([.object(["code": hostile, "target": hostile])]),
        ])
        #expect(APIProblem(HTTPResponse(400, document.text)) == APIProblem(status: 400))
    }

    @Test(
        "a header that is no plain id is no correlation id",
        arguments: ["", "\u{1B}[31mred", "\u{9B}2J", "\u{202E}txt", "a b", String(repeating: "A", count: 129)]
    )
    func hostileHeader(text: String) {
        var response = HTTPResponse(201)
        response.headers = HTTPHeaderBlock([HTTPHeader(name: "Correlation-Id", value: text)])
        #expect(response.correlationID == nil)
    }

    @Test("the correlation id is the header's, whatever the case of its name")
    func correlationID() {
        var response = HTTPResponse(201)
        #expect(response.correlationID == nil)
        let id = "24f9be2f-b2a0-4d8c-a6a1-1b9a5f3f7c55"
        response.headers = HTTPHeaderBlock([HTTPHeader(name: "correlation-ID", value: id)])
        #expect(response.correlationID == id)
    }

    @Test("128 characters are a code")
    func longestCode() {
        let code = String(repeating: "A", count: 128)
        #expect(APIProblem(HTTPResponse(400, #"{"code":"\#(code)"}"#)).code == code)
    }
}
