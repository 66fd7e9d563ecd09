import CSVReading
import JSON
import LinkRows
import Pacing
import PingOneAPI
import Reporting
import TestKit
import Testing

@Suite("The summary of a validation")
struct ValidationSummaryTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private static let user = "b7b3d2a6-6d1c-4a3a-9f2e-0000000000"

    /// What is found in a file with these lines below the header.
    private func summary(_ lines: [String], rate: RateSetting = .auto(max: nil)) throws -> ValidationSummary {
        let text = (["userID,externalId"] + lines).map { $0 + "\n" }.joined()
        let input = try InputFile(path: try folder.write("users.csv", text))
        let options = ReadingOptions(
            delimiter: .comma,
            columns: ColumnPlan.Options(),
            identityProvider: "302990c0-289d-40ec-a2ff-e7c7fd0cca63"
        )
        return ValidationSummary(try InputCheck(input, options: options) { _ in }, rate: rate)
    }

    /// Rows that are fit to send, 100 at most.
    private func rows(_ count: Int) -> [String] {
        (0..<count).map { "\(Self.user)\($0 < 10 ? "0" : "")\($0),\(1000 + $0)" }
    }

    @Test("tells what is there and how long it would take")
    func auto() throws {
        let summary = try summary(rows(100) + ["not-a-uuid,7", "\(Self.user)00,1000"])
        #expect(
            summary.text == """
                102 rows: 100 to send, 1 invalid, 1 repeated
                time to import: 10 s at 10/s, 2.0 s at 50/s, 0.5 s at 200/s
                """
        )
        #expect(
            summary.json
                == #"{"rows":102,"valid":100,"invalid":1,"repeated":1,"warnings":[],"estimates":["#
                + #"{"rate":10,"duration_s":10.000},{"rate":50,"duration_s":2.000},{"rate":200,"duration_s":0.500}],"#
                + #""exit_code":1}"#
        )
        #expect(summary.exitCode == 1)
    }

    @Test("one row is one row, and nothing invalid is a success")
    func fit() throws {
        let summary = try summary(rows(1), rate: .fixed(0.5))
        #expect(summary.text == "1 row: 1 to send, 0 invalid, 0 repeated\ntime to import: 2.0 s at 0.5/s")
        #expect(
            summary.json
                == #"{"rows":1,"valid":1,"invalid":0,"repeated":0,"warnings":[],"#
                + #""estimates":[{"rate":0.5,"duration_s":2.000}],"exit_code":0}"#
        )
        #expect(summary.exitCode == 0)
    }

    @Test("a file without rows takes no time")
    func empty() throws {
        #expect(
            try summary([], rate: .fixed(10)).text
                == "0 rows: 0 to send, 0 invalid, 0 repeated\n"
                + "warning: there is a header and no row: nothing is sent. Check that the export is complete.\n"
                + "time to import: 0.0 s at 10/s"
        )
    }

    @Test("warnings are counted")
    func warnings() throws {
        let summary = try summary(["\(Self.user)00,12345.0"], rate: .fixed(1))
        #expect(summary.json.contains(#""warnings":[{"kind":"damaged-ids","count":1,"first_line":2}]"#))
    }

    @Test(
        "no rate above the permitted one, and none twice",
        arguments: [
            (RateSetting.auto(max: 5), "20 s at 5/s"),
            (.auto(max: 10), "10 s at 10/s"),
            (.auto(max: 40), "10 s at 10/s, 2.5 s at 40/s"),
            (.auto(max: 50), "10 s at 10/s, 2.0 s at 50/s"),
            (.auto(max: 400), "10 s at 10/s, 2.0 s at 50/s, 0.5 s at 200/s, 0.3 s at 400/s"),
            (.fixed(20), "5.0 s at 20/s"),
        ]
    )
    func rates(rate: RateSetting, times: String) throws {
        #expect(
            try summary(rows(100), rate: rate).text
                == "100 rows: 100 to send, 0 invalid, 0 repeated\ntime to import: \(times)"
        )
    }

    @Test("a rate that makes no sense is told too", arguments: [1e-300, .leastNonzeroMagnitude, 1e30, 1.7e308])
    func strangeRates(rate: Double) throws {
        let summary = try summary(rows(1), rate: .fixed(rate))
        let estimates = try #require(JSONValue(parsing: summary.json)["estimates"]?.array)
        #expect(estimates.count == 1)
        #expect(summary.text.hasSuffix("at \(rate)/s"))
    }
}
