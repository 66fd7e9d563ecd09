import HTTPTransport
import Testing

@Suite("Requests in messages")
struct HTTPRequestTests {
    private let request = HTTPRequest(
        method: .post,
        url: "https://api.pingone.eu/v1/environments?filter=hidden",
        headers: [HTTPHeader(name: "Authorization", value: "Bearer hidden")],
        body: Array("hidden".utf8)
    )

    @Test("no text made of a request or a reply shows headers, query or body")
    func nothingLeaks() {
        let response = HTTPResponse(
            status: 200,
            headers: HTTPHeaderBlock(request.headers),
            body: Array("hidden".utf8),
            bodyIsComplete: false
        )
        #expect("\(request)" == "POST https://api.pingone.eu/v1/environments (6 bytes)")
        #expect("\(request.headers)" == "[Authorization: ••••]")
        #expect("\(response)" == "HTTP 200 (6 bytes, cut off)")
        var dumped = ""
        dump(request, to: &dumped)
        dump(response, to: &dumped)
        dump(request.headers, to: &dumped)
        for text in [dumped, String(reflecting: request), String(reflecting: response), "\(response.headers)"] {
            #expect(!text.contains("hidden"))
            #expect(!text.contains("104"), "nor byte by byte: \(text)")  // h
        }
    }

    @Test("a request without a body cannot be given one")
    func bodyOfGet() async {
        await #expect(processExitsWith: .failure) {
            _ = HTTPRequest(method: .get, url: "http://127.0.0.1/", body: [1])
        }
    }
}
