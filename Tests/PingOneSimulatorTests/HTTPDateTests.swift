import FoundationEssentials
import Testing

@testable import PingOneSimulator

@Suite("Dates in HTTP headers")
struct HTTPDateTests {
    /// The first is the example of RFC 9110.
    @Test(
        "are written as RFC 9110 has them",
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"),
        ]
    )
    func text(seconds: Double, text: String) {
        #expect(HTTPDate.text(of: Date(timeIntervalSince1970: seconds)) == text)
    }
}
