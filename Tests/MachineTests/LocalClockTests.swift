import Foundation
import TestKit
import Testing

@testable import Machine

@Suite("The local clock")
struct LocalClockTests {
    private static let berlin = TimeZone(identifier: "Europe/Berlin")

    /// Seconds since 1970 of a moment that is written in UTC.
    private func moment(_ text: String) throws -> Int {
        Int(try Date(text, strategy: .iso8601).timeIntervalSince1970)
    }

    private func clock() throws -> LocalClock {
        let zone = try #require(Self.berlin)
        return LocalClock { moment in
            let seconds = moment + zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment)))
            return seconds % 86_400 / 60
        }
    }

    @Test(
        "the next moment at which it shows a time",
        .enabled(if: berlin != nil, "there are no time zones here"),
        arguments: [
            ("2026-11-28T04:29:59Z", 5 * 60 + 30, "2026-11-28T04:30:00Z"),
            ("2026-11-28T04:30:00Z", 5 * 60 + 30, "2026-11-29T04:30:00Z"),
            ("2026-11-28T04:31:00Z", 5 * 60 + 30, "2026-11-29T04:30:00Z"),
            ("2026-11-28T22:59:59Z", 0, "2026-11-28T23:00:00Z"),
            // In the night to 29 March it goes from 02:00 to 03:00, at 01:00 UTC.
            ("2026-03-28T12:00:00Z", 1 * 60 + 59, "2026-03-29T00:59:00Z"),
            ("2026-03-28T12:00:00Z", 2 * 60 + 30, "2026-03-29T01:00:00Z"),
            ("2026-03-28T12:00:00Z", 3 * 60, "2026-03-29T01:00:00Z"),
            ("2026-03-28T12:00:00Z", 5 * 60 + 30, "2026-03-29T03:30:00Z"),
            ("2026-03-29T01:00:00Z", 2 * 60 + 30, "2026-03-30T00:30:00Z"),
            // In the night to 25 October it goes from 03:00 back to 02:00, at 01:00 UTC.
            ("2026-10-24T12:00:00Z", 2 * 60 + 30, "2026-10-25T00:30:00Z"),
            ("2026-10-25T00:30:00Z", 2 * 60 + 30, "2026-10-25T01:30:00Z"),
            ("2026-10-25T01:30:00Z", 2 * 60 + 30, "2026-10-26T01:30:00Z"),
            ("2026-10-24T12:00:00Z", 5 * 60 + 30, "2026-10-25T04:30:00Z"),
        ]
    )
    func next(now: String, minute: Int, expected: String) throws {
        #expect(try clock().next(minute, after: moment(now)) == moment(expected))
    }

    @Test("a moment is told with date and zone")
    func text() {
        #expect(LocalClock.text(1_800_000_000).wholeMatch(of: /2027-01-1\d \d\d:\d\d [+-]\d{4} \(.+\)/) != nil)
    }

    @Test("a zone that is not there", arguments: ["Europe/Nowhere", "Nonsense", ":Nonsense", "/nowhere/zone"])
    func missing(zone: String) {
        #expect(LocalClock.missingZone(zone) == (zone.hasPrefix(":") ? String(zone.dropFirst()) : zone))
    }

    @Test(
        "a zone that is there, or needs no file",
        arguments: [nil, "", "UTC", ":UTC", "GMT", "UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", "<-03>3", "EST5EDT"]
    )
    func known(zone: String?) {
        #expect(LocalClock.missingZone(zone, in: "/nowhere") == nil)
    }

    @Test("a zone whose file is there")
    func file() throws {
        let folder = try TemporaryFolder()
        #expect(LocalClock.missingZone("Here", in: folder.path) == "Here")
        try folder.write("Here", "")
        #expect(LocalClock.missingZone("Here", in: folder.path) == nil)
    }
}
