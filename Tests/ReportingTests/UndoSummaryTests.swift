import JSON
import LedgerTestKit
import PingOneAPI
import Reporting
import Testing

@testable import Ledger
@testable import LinkImport
@testable import PingOneClient

@Suite("The summary of an undoing")
struct UndoSummaryTests {
    private func report(
        links: Int,
        _ counts: UndoRun.Counts,
        leftOut: Int = 0,
        stop: RunStop? = nil
    ) -> UndoRun.Report {
        UndoRun.Report(
            runID: "undo-1",
            links: links,
            counts: counts,
            leftOut: leftOut,
            stop: stop,
            requests: 1101,
            throttled: 2,
            duration: .milliseconds(2500)
        )
    }

    private let mixed = UndoRun.Counts(undone: 1000, kept: 20, unsettled: 3)

    @Test("one line says which links are still there")
    func shortfall() {
        #expect(
            UndoSummary(report(links: 1100, mixed)).shortfall
                == "1,100 links: 20 not removed, 3 unsettled, 77 not tried. Run undo again."
        )
        var inDoubt = report(links: 1, UndoRun.Counts(undone: 1))
        #expect(UndoSummary(inDoubt).shortfall == nil)
        inDoubt.inDoubt = 1
        #expect(
            UndoSummary(inDoubt).shortfall
                == "1 row in doubt: perhaps linked. Run the import again to settle them, then undo."
        )
        #expect(UndoSummary(inDoubt, isDryRun: true).shortfall == nil)
    }

    @Test("is one JSON object on one line, in a fixed order, whose links add up")
    func json() throws {
        let json = UndoSummary(report(links: 1100, mixed, leftOut: 5)).json
        #expect(
            json
                == #"{"run_id":"undo-1","links":1100,"undone":1000,"kept":20,"unsettled":3,"unsent":77,"#
                + #""left_out_read_back":5,"in_doubt":0,"requests":1101,"throttled":2,"duration_s":2.500,"exit_code":1}"#
        )
        let document = try JSONValue(parsing: json)
        let parts = ["undone", "kept", "unsettled", "unsent"].compactMap { document[$0]?.integer }
        #expect(parts.reduce(0, +) == document["links"]?.integer)
    }

    @Test("tells a person what became of the links, and which were left out")
    func text() {
        #expect(
            UndoSummary(report(links: 1100, mixed, leftOut: 5)).text == """
                1,100 links in 2.5 s
                  1,000 undone
                     20 not removed
                      3 unsettled: perhaps removed; run undo again
                     77 not tried
                5 links are known only from a read-back and stay: --include-read-back
                1,101 requests, 2 of them throttled (429)
                """
        )
        #expect(
            UndoSummary(report(links: 1, UndoRun.Counts(undone: 1))).text
                == "1 link in 2.5 s\n  1 undone\n1,101 requests, 2 of them throttled (429)"
        )
    }

    @Test("a dry run has no run, has tried nothing, and ends well")
    func dryRun() {
        let report = UndoRun.Report(planned: UndoExtent(links: 7, leftOut: 1))
        #expect(
            UndoSummary(report, isDryRun: true).json
                == #"{"run_id":null,"links":7,"undone":0,"kept":0,"unsettled":0,"unsent":7,"left_out_read_back":1,"#
                + #""in_doubt":0,"requests":0,"throttled":0,"duration_s":0.000,"exit_code":0}"#
        )
    }

    @Test("the plan says how many links go, from where, and what stays")
    func plan() {
        #expect(
            UndoSummary.plan(UndoExtent(links: 7, leftOut: 1), environment: environment) == """
                7 links of environment \(environment) to delete from PingOne. Attributes that were updated stay as they are.
                1 link is known only from a read-back and stays: --include-read-back
                """
        )
        #expect(
            UndoSummary.plan(UndoExtent(links: 1, leftOut: 0), environment: environment)
                == "1 link of environment \(environment) to delete from PingOne. "
                + "Attributes that were updated stay as they are."
        )
    }

    @Test(
        "0 when all links are gone, else 1, or what has stopped it",
        arguments: [
            (UndoRun.Counts(undone: 3), nil, 0), (UndoRun.Counts(undone: 2, kept: 1), nil, 1),
            (UndoRun.Counts(undone: 2, unsettled: 1), nil, 1), (UndoRun.Counts(undone: 2), .signal(2), 130),
        ] as [(UndoRun.Counts, RunStop?, Int32)]
    )
    func exitCode(counts: UndoRun.Counts, stop: RunStop?, expected: Int32) {
        #expect(report(links: 3, counts, stop: stop).exitCode == expected)
    }
}
