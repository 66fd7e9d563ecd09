import Foundation
import LedgerTestKit
import Testing

@testable import Reporting

@Suite("Numbers, shares and times in a report")
struct ReportTextTests {
    @Test(
        "numbers have their thousands apart",
        arguments: [
            (0, "0"), (7, "7"), (999, "999"), (1000, "1,000"), (12_345, "12,345"), (100_000, "100,000"),
            (1_234_567, "1,234,567"), (-1234, "−1,234"), (Int.max, "9,223,372,036,854,775,807"),
            (Int.min, "−9,223,372,036,854,775,808"),
        ]
    )
    func number(value: Int, text: String) {
        #expect(ReportText.number(value) == text)
    }

    @Test("one is not many")
    func counted() {
        #expect(ReportText.counted(1, "row") == "1 row")
        #expect(ReportText.counted(0, "row") == "0 rows")
        #expect(ReportText.counted(2000, "row") == "2,000 rows")
    }

    @Test(
        "shares never claim more or less than there is",
        arguments: [
            (0, 0, "0 %"), (0, 5, "0 %"), (5, 5, "100 %"), (1, 3, "33.3 %"), (1, 2, "50 %"),
            (999_999, 1_000_000, "> 99.9 %"), (1, 1_000_000, "< 0.1 %"), (999, 1000, "99.9 %"), (1, 1000, "0.1 %"),
        ]
    )
    func share(part: Int, whole: Int, text: String) {
        #expect(ReportText.share(part, of: whole) == text)
    }

    @Test(
        "decimals are as long as they have something to say",
        arguments: [
            (0.0, "0"), (0.04, "0"), (0.05, "0.1"), (12.5, "12.5"), (12.04, "12"), (99.96, "100"), (123.4, "123"),
            (1250.2, "1,250"), (-0.3, "−0.3"), (-0.01, "0"), (.infinity, "—"), (.nan, "—"),
        ]
    )
    func decimal(value: Double, text: String) {
        #expect(ReportText.decimal(value) == text)
    }

    @Test("times of answers in milliseconds, long ones in seconds")
    func milliseconds() {
        #expect(ReportText.milliseconds(0) == "0 ms")
        #expect(ReportText.milliseconds(999) == "999 ms")
        #expect(ReportText.milliseconds(1250) == "1.3 s")
        #expect(ReportText.milliseconds(30_000) == "30 s")
    }

    @Test("moments without the letters of ISO 8601, and the last part of a path")
    func times() {
        #expect(ReportText.time(moment) == "2026-03-01 04:05:06")
        #expect(ReportText.time(iso: momentText) == "2026-03-01 04:05:06")
        #expect(ReportText.fileName("/home/leslie/users.csv") == "users.csv")
        #expect(ReportText.fileName("users.csv") == "users.csv")
        #expect(ReportText.fileName("/") == "/")
    }
}
