import Foundation
import LinkImport
import Reporting
import TestKit
import Testing

@Suite("The file of figures for a monitoring")
struct MetricsFileTests {
    private static let tail = """
        # HELP pinglink_last_run_timestamp_seconds When the last run ended.
        # TYPE pinglink_last_run_timestamp_seconds gauge
        pinglink_last_run_timestamp_seconds 1772337906
        # HELP pinglink_last_run_exit_code The exit code of the last run.
        # TYPE pinglink_last_run_exit_code gauge
        pinglink_last_run_exit_code 1
        # HELP pinglink_last_run_duration_seconds How long the last run took.
        # TYPE pinglink_last_run_duration_seconds gauge
        pinglink_last_run_duration_seconds 200.250
        # HELP pinglink_rows The rows of the last run's input by what they came to.
        # TYPE pinglink_rows gauge
        pinglink_rows{state="linked"} 5000
        pinglink_rows{state="already-linked"} 400
        pinglink_rows{state="rejected"} 80
        pinglink_rows{state="invalid"} 40
        pinglink_rows{state="failed"} 20
        pinglink_rows{state="unsettled"} 10
        pinglink_rows{state="skipped"} 4
        pinglink_rows{state="undone"} 0
        pinglink_rows{state="unsent"} 1
        # HELP pinglink_rows_left The rows of the last run's input that the next run has to send or to settle.
        # TYPE pinglink_rows_left gauge
        pinglink_rows_left 31
        # HELP pinglink_requests HTTP requests of the last run to the API.
        # TYPE pinglink_requests gauge
        pinglink_requests 5620
        # HELP pinglink_throttled 429 answers in the last run.
        # TYPE pinglink_throttled gauge
        pinglink_throttled 30

        """

    private static let withSuccess = """
        # HELP pinglink_last_success_timestamp_seconds When a run last ended with exit code 0.
        # TYPE pinglink_last_success_timestamp_seconds gauge
        pinglink_last_success_timestamp_seconds 1772300000
        \(tail)
        """

    private func text(lastSuccess: Double?) -> String {
        MetricsFile.text(Self.figures(counts: ImportRun.Report.mixed.counts), lastSuccess: lastSuccess)
    }

    private static func figures(counts: RunCounts?) -> MetricsFile.Figures {
        MetricsFile.Figures(
            exitCode: 1,
            endedAt: 1_772_337_906.789,
            duration: ImportRun.Report.mixed.duration,
            counts: counts
        )
    }

    @Test("has all figures, and the last success where there was one")
    func wholeText() {
        #expect(text(lastSuccess: 1_772_300_000) == Self.withSuccess)
        #expect(text(lastSuccess: nil) == Self.tail)
    }

    @Test("follows the grammar of the text format: each figure behind its help and its type, names and labels plain")
    func grammar() throws {
        let sample = #/([a-z_]+)(\{state="[a-z-]+"\})? ([0-9]+(\.[0-9]+)?)/#
        var samples: Set<Substring> = []
        var declared: [Substring] = []
        let text = text(lastSuccess: 1)
        #expect(text.hasSuffix("\n"))
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            let words = line.split(separator: " ")
            if line.hasPrefix("# HELP ") {
                try #require(!declared.contains(words[2]), "each metric once")
                declared.append(words[2])
            } else if line.hasPrefix("# TYPE ") {
                #expect(words[2] == declared.last)
                #expect(words[3...] == ["gauge"])
            } else {
                let match = try #require(try sample.wholeMatch(in: line), "\(line)")
                #expect(match.output.1 == declared.last)
                #expect(samples.insert(line.prefix { $0 != " " }).inserted)
            }
        }
        #expect(declared.count == 8)
    }

    @Test("a run that ended before it began has no counts, but the last success all the same")
    func withoutCounts() {
        let text = MetricsFile.text(Self.figures(counts: nil), lastSuccess: 1_772_300_000)
        #expect(text == Self.withSuccess.components(separatedBy: "# HELP pinglink_rows ")[0])
    }

    @Test("a label stands on every series, escaped, and the last success is found behind it")
    func label() {
        let label = "hr \"nightly\" \\ \n"
        let text = MetricsFile.text(Self.figures(counts: RunCounts()), label: label, lastSuccess: 1_772_300_000)
        let series = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(series.count == 16)
        #expect(series.allSatisfy { $0.contains(#"{import="hr \"nightly\" \\ \n""#) })
        #expect(series.contains(#"pinglink_rows{import="hr \"nightly\" \\ \n",state="linked"} 0"#))
        #expect(MetricsFile.lastSuccess(in: text) == 1_772_300_000)
    }

    @Test("knows its own files from others", arguments: ["", "userID,externalId\n", "# HELP node_load1 x\n"])
    func others(text: String) {
        #expect(!MetricsFile.isOurs(text))
        #expect(MetricsFile.isOurs(Self.tail))
    }

    @Test("an earlier success is found again")
    func lastSuccess() {
        #expect(MetricsFile.lastSuccess(in: Self.withSuccess) == 1_772_300_000)
        #expect(MetricsFile.lastSuccess(in: Self.tail) == nil)
        let again = text(lastSuccess: MetricsFile.lastSuccess(in: Self.withSuccess))
        #expect(again == Self.withSuccess)
    }

    @Test(
        "a damaged file has no earlier success",
        arguments: [
            "", " ", "x", "NaN", "nan", "+Inf", "-Inf", "-1", "1e300", "1e19", "0x", "1772300000 x", "253402300800",
        ]
    )
    func damaged(value: String) {
        let lastSuccess = MetricsFile.lastSuccess(in: "pinglink_last_success_timestamp_seconds \(value)\n")
        #expect(lastSuccess == nil)
        #expect(text(lastSuccess: lastSuccess) == Self.tail)
    }

    @Test("replaces the file as a whole and leaves nothing else in the folder")
    func write() throws {
        let folder = try TemporaryFolder()
        try MetricsFile.write("first, and longer\n", to: folder.path("pinglink.prom"))
        try MetricsFile.write("second\n", to: folder.path("pinglink.prom"))
        #expect(try folder.text("pinglink.prom") == "second\n")
        #expect(try folder.names == ["pinglink.prom"])
    }

    @Test("a reader that has opened the old file still reads all of it")
    func atomic() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("pinglink.prom")
        try MetricsFile.write("old\n", to: path)
        let reader = try FileHandle(forReadingFrom: URL(filePath: path))
        try MetricsFile.write("new\n", to: path)
        #expect(try reader.readToEnd() == Data("old\n".utf8))
        #expect(try folder.text("pinglink.prom") == "new\n")
    }

    @Test("the exporter, which is another user, may read it")
    func permissions() throws {
        let folder = try TemporaryFolder()
        try MetricsFile.write("x\n", to: folder.path("pinglink.prom"))
        try Data("x\n".utf8).write(to: folder.file("plain"))
        let modes = try ["pinglink.prom", "plain"].map {
            try FileManager.default.attributesOfItem(atPath: folder.path($0))[.posixPermissions] as? Int
        }
        #expect(modes[0] == modes[1])
    }

    @Test("a folder that is not there is an error")
    func noFolder() throws {
        let folder = try TemporaryFolder()
        #expect(throws: (any Error).self) { try MetricsFile.write("x\n", to: folder.path("missing/pinglink.prom")) }
    }
}
