import JSON
import Ledger
import PingOneAPI
import Reporting
import Testing

@testable import LinkImport
@testable import PingOneClient

@Suite("The summary of a verification")
struct VerifySummaryTests {
    private func report(
        rows: Int,
        _ counts: [CheckResult: Int],
        stop: RunStop? = nil,
        throttled: Int = 0
    ) -> VerifyRun.Report {
        VerifyRun.Report(
            rows: rows,
            counts: counts,
            stop: stop,
            requests: rows + 1,
            throttled: throttled,
            duration: .milliseconds(2500)
        )
    }

    private let mixed: [CheckResult: Int] = [.match: 1000, .missing: 20, .different: 3, .extra: 4, .unknown: 77]

    @Test("one line says what does not match")
    func shortfall() {
        #expect(
            VerifySummary(report(rows: 1100, mixed)).shortfall
                == "1,100 linked rows: 20 missing, 3 different, 4 extra, 77 not read. --output FILE tells which."
        )
        #expect(
            VerifySummary(report(rows: 1, [.missing: 1]), results: "proof.csv").shortfall
                == "1 linked row: 1 missing. proof.csv tells which."
        )
        #expect(VerifySummary(report(rows: 1100, mixed, stop: .until)).shortfall == nil)
        #expect(VerifySummary(report(rows: 2, [.match: 2])).shortfall == nil)
    }

    @Test("is one JSON object on one line, in a fixed order, whose rows add up")
    func json() throws {
        let json = VerifySummary(report(rows: 1100, mixed, throttled: 2)).json
        #expect(
            json
                == #"{"rows":1100,"match":1000,"missing":20,"different":3,"extra":4,"unknown":77,"several_accounts":0,"requests":1101,"#
                + #""throttled":2,"duration_s":2.500,"exit_code":1}"#
        )
        let document = try JSONValue(parsing: json)
        let parts = ["match", "missing", "different", "unknown"].compactMap { document[$0]?.integer }
        #expect(parts.reduce(0, +) == document["rows"]?.integer)
    }

    @Test("tells a person what each result means")
    func text() {
        #expect(
            VerifySummary(report(rows: 1100, mixed, throttled: 2)).text == """
                1,100 linked rows in 2.5 s
                  1,000 match
                     20 missing: PingOne does not have the link; import --retry missing makes it
                      3 different: the user is linked to another account there
                      4 extra: links that no row accounts for
                     77 not read: run again to go on
                1,101 requests, 2 of them throttled (429)
                """
        )
    }

    @Test("leaves out what there is none of, and counts one as one")
    func short() {
        #expect(VerifySummary(report(rows: 1, [.match: 1])).text == "1 linked row in 2.5 s\n  1 match\n2 requests")
    }

    @Test(
        "0 when every link is there and no other, else 1, or what has stopped it",
        arguments: [
            ([:], nil, 0), ([.match: 3], nil, 0), ([.match: 3, .missing: 0], nil, 0),
            ([.match: 2, .missing: 1], nil, 1),
            ([.match: 2, .different: 1], nil, 1), ([.match: 3, .extra: 1], nil, 1), ([.match: 2, .unknown: 1], nil, 1),
            ([.match: 2, .unknown: 1], .signal(15), 143), ([.match: 3], .maxDuration, 3),
        ] as [([CheckResult: Int], RunStop?, Int32)]
    )
    func exitCode(counts: [CheckResult: Int], stop: RunStop?, expected: Int32) {
        #expect(report(rows: 3, counts, stop: stop).exitCode == expected)
        #expect(report(rows: 3, counts, stop: stop).isComplete == (counts[.unknown, default: 0] == 0))
    }
}
