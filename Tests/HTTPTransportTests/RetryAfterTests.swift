import HTTPTransport
import Testing

@Suite("How long Retry-After asks to wait")
struct RetryAfterTests {
    private static let moment = HTTPDate(secondsSince1970: 784_111_777)  // RFC 9110's example

    @Test(
        "seconds are read",
        arguments: [
            ("120", Duration.seconds(120)), ("0", .zero), (" 7\t", .seconds(7)), ("007", .seconds(7)),
            ("1.5", .milliseconds(1_500)), ("0.0009", .zero), ("2147483648", RetryAfter.longestDelay),
            ("99999999999999999999999", RetryAfter.longestDelay),
        ]
    )
    func seconds(value: String, delay: Duration) {
        #expect(RetryAfter(headerValue: value) == .after(delay))
    }

    @Test(
        "dates are read in all three forms",
        arguments: [
            "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
            "  sun, 6 nov 1994 08:49:37 utc ",
        ]
    )
    func dates(value: String) {
        #expect(RetryAfter(headerValue: value) == .at(Self.moment))
    }

    @Test(
        "nonsense is no Retry-After",
        arguments: [
            "", " ", "-1", "+1", "1e3", "soon", "1.", ".5", "1.2.3", "١", "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 06 Nox 1994 08:49:37 GMT", "Nov Nov Nov Nov Nov", ", , , , ,", "-20301106", "20 Nov 2030",
            "Sun, 06 Nov 1994 08:49:37 GMT and more", "Sun, 06 Nov 12026 08:49:37 GMT",
        ]
    )
    func nonsense(value: String) {
        #expect(RetryAfter(headerValue: value) == nil)
    }

    @Test("a date becomes a wait on the clock it is given, never a negative one")
    func delay() {
        let now = HTTPDate(secondsSince1970: Self.moment.secondsSince1970 - 90)
        #expect(RetryAfter.at(Self.moment).delay(from: now) == .seconds(90))
        #expect(RetryAfter.at(now).delay(from: Self.moment) == .zero)
        #expect(RetryAfter.after(.seconds(5)).delay(from: now) == .seconds(5))
        #expect(
            RetryAfter.at(HTTPDate(secondsSince1970: 253_402_300_799)).delay(from: now) == RetryAfter.longestDelay
        )
    }

    @Test("the reply's own Date goes before this machine's clock")
    func dateHeader() {
        let retryAfter = HTTPHeader(name: "Retry-After", value: "Sun, 06 Nov 1994 08:49:47 GMT")
        let date = HTTPHeader(name: "DATE", value: "Sun, 06 Nov 1994 08:49:37 GMT")
        var response = HTTPResponse(status: 503, headers: HTTPHeaderBlock([retryAfter, date]))
        response.receivedAt = HTTPDate(secondsSince1970: Self.moment.secondsSince1970 - 3_600)
        #expect(response.retryDelay == .seconds(10))
        response.headers = HTTPHeaderBlock([retryAfter])
        #expect(response.retryDelay == .seconds(3_610))
        response.headers = HTTPHeaderBlock([])
        #expect(response.retryDelay == nil)
    }
}
