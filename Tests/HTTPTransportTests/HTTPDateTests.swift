import Foundation
import HTTPTransport
import Testing

@Suite("Dates in headers")
struct HTTPDateTests {
    @Test("every day from 1970 to 2110 is where the calendar has it")
    func everyDay() {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        var mismatches: [String] = []
        for day in 0..<51_000 as Range<Int64> {
            let seconds = day * 86_400 + day
            let parts = calendar.dateComponents(
                [.year, .month, .day, .hour, .minute, .second],
                from: Date(timeIntervalSince1970: Double(seconds))
            )
            let numbers = [parts.day, parts.year, parts.hour, parts.minute, parts.second].compactMap(\.self)
            let time = numbers[2...].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
            let month = months[(parts.month ?? 0) - 1]
            let text = "Xxx, \(numbers[0]) \(month) \(numbers[1]) \(time) GMT"
            if HTTPDate(text)?.secondsSince1970 != seconds { mismatches.append(text) }
        }
        #expect(mismatches == [])
    }

    @Test("two digits of a year below 70 mean 20xx, others 19xx")
    func shortYears() {
        #expect(HTTPDate("Thursday, 01-Jan-70 00:00:00 GMT") == HTTPDate(secondsSince1970: 0))
        #expect(HTTPDate("Sunday, 01-Jan-69 00:00:00 GMT") == HTTPDate("Tue, 01 Jan 2069 00:00:00 GMT"))
    }

    @Test("a leap second is the next second")
    func leapSecond() {
        #expect(HTTPDate("Sat, 31 Dec 2016 23:59:60 GMT") == HTTPDate("Sun, 01 Jan 2017 00:00:00 GMT"))
    }
}
