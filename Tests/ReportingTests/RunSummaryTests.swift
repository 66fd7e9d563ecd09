import JSON
import LinkImport
import PingOneAPI
import PingOneClient
import Reporting
import Testing

@Suite("The summary of an import")
struct RunSummaryTests {
    @Test("is one JSON object on one line, in a fixed order")
    func json() {
        #expect(
            RunSummary(.mixed, isDryRun: false).json
                == #"{"run_id":"run-1","rows":5555,"linked":5000,"already_linked":400,"rejected":80,"invalid":40,"#
                + #""failed":20,"unsettled":10,"skipped":4,"unsent":1,"requests":5620,"throttled":30,"#
                + #""duration_s":200.250,"exit_code":1,"warnings":[]}"#
        )
    }

    @Test("the eight counts of the JSON add up to its rows")
    func sum() throws {
        let document = try JSONValue(parsing: RunSummary(.mixed, isDryRun: false).json)
        let names = [
            "linked", "already_linked", "rejected", "invalid", "failed", "unsettled", "skipped", "unsent",
        ]
        let counts = names.compactMap { document[$0]?.integer }
        try #require(counts.count == names.count)
        #expect(counts.reduce(0, +) == document["rows"]?.integer)
    }

    @Test("tells a person about each state that has rows")
    func text() {
        var report = ImportRun.Report.mixed
        report.rejectsPath = "/data/users.csv.rejects.csv"
        report.retryPath = "/data/users.csv.retry.csv"
        #expect(
            RunSummary(report, isDryRun: false).text == """
                5,555 rows in 3 min 20 s
                  5,000 linked
                    400 already linked
                      3 skipped (done before)
                      1 skipped (repeated in the input)
                     80 rejected
                     40 invalid
                     20 failed
                     10 unsettled
                      1 not sent
                5,620 requests, 30 of them throttled (429)
                rows to correct: /data/users.csv.rejects.csv
                rows to try again: /data/users.csv.retry.csv (the 1 row not sent is not in it)
                """
        )
    }

    @Test("a run that ends with 1 says in one line what is not linked, and no other does")
    func shortfall() {
        var report = ImportRun.Report.mixed
        report.rejectsPath = "users.csv.rejects.csv"
        report.retryPath = "users.csv.retry.csv"
        #expect(
            RunSummary(report, isDryRun: false).shortfall
                == "150 of 5,555 rows are not linked: 80 rejected, 40 invalid, 20 failed, 10 unsettled. "
                + "Rows to correct: users.csv.rejects.csv. Rows to try again: users.csv.retry.csv."
        )
        report.stop = .maxDuration
        #expect(RunSummary(report, isDryRun: false).shortfall == nil)
        var counts = RunCounts()
        counts.rows = 1
        counts.skipped = 1
        counts.undone = 1
        report = ImportRun.Report(counts: counts, duration: .zero)
        #expect(
            RunSummary(report, isDryRun: false).shortfall
                == "1 of 1 row is not linked: 1 undone; --retry undone links it again."
        )
        #expect(
            RunSummary(report, isDryRun: false).text == """
                1 row in 0.0 s
                  1 skipped because undo has removed its link: --retry undone links it again
                0 requests
                """
        )
        report.counts.undone = 0
        #expect(RunSummary(report, isDryRun: false).shortfall == nil)
    }

    @Test("leaves out what there is none of, and counts one as one")
    func shortText() {
        var counts = RunCounts()
        counts.rows = 1
        counts.linked = 1
        counts.requests = 1
        #expect(
            RunSummary(ImportRun.Report(counts: counts, duration: .milliseconds(400)), isDryRun: false).text == """
                1 row in 0.4 s
                  1 linked
                1 request
                """
        )
    }

    @Test("an input without rows")
    func empty() {
        let summary = RunSummary(ImportRun.Report(counts: RunCounts(), duration: .zero), isDryRun: false)
        #expect(summary.text == "0 rows in 0.0 s\n0 requests")
        #expect(
            summary.json
                == #"{"run_id":"run-1","rows":0,"linked":0,"already_linked":0,"rejected":0,"invalid":0,"failed":0,"#
                + #""unsettled":0,"skipped":0,"unsent":0,"requests":0,"throttled":0,"duration_s":0.000,"exit_code":0,"#
                + #""warnings":[]}"#
        )
    }

    @Test("a dry run would send what it does not send")
    func dryRun() {
        var counts = RunCounts()
        counts.rows = 12
        counts.unsent = 12
        counts.requests = 2
        #expect(
            RunSummary(ImportRun.Report(counts: counts, duration: .seconds(12)), isDryRun: true).text == """
                12 rows in 12 s
                  12 would be sent
                2 requests
                """
        )
    }

    @Test("a run that was stopped says so with its exit code")
    func stopped() throws {
        var report = ImportRun.Report.mixed
        report.stop = .signal(15)
        #expect(try JSONValue(parsing: RunSummary(report, isDryRun: false).json)["exit_code"]?.integer == 143)
    }
}
