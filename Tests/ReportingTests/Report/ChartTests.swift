import Foundation
import FoundationXML
import Ledger
import LedgerTestKit
import Testing

@testable import Reporting

@Suite("The report's charts")
struct ChartTests {
    private func parsed(_ svg: String) throws -> XMLElement {
        try #require(try XMLDocument(xmlString: svg).rootElement())
    }

    private func numbers(_ element: XMLNode?, _ name: String) -> Double? {
        (element as? XMLElement)?.attribute(forName: name)?.stringValue.flatMap { Double($0) }
    }

    @Test(
        "axes have round steps that reach the maximum",
        arguments: [
            (0.0, [0.0, 0.5, 1]), (1, [0, 0.5, 1]), (7, [0, 5, 10]), (10, [0, 5, 10]), (10.1, [0, 10, 20]),
            (312, [0, 200, 400]), (0.003, [0, 0.002, 0.004]),
        ] as [(Double, [Double])]
    )
    func valueTicks(maximum: Double, values: [Double]) {
        let ticks = AxisTicks(upTo: maximum, steps: 2)
        #expect(ticks.values.count == values.count)
        #expect(zip(ticks.values, values).allSatisfy { abs($0 - $1) < 1e-9 })
        #expect(ticks.top >= maximum)
    }

    @Test(
        "times are those on a clock and stay within the run",
        arguments: [
            (0.25, [0.0]), (4, [0, 1, 2, 3, 4]), (95, [0, 30, 60, 90]), (3600, [0, 900, 1800, 2700, 3600]),
            (30_000, [0, 10_800, 21_600]), (864_000, [0, 432_000, 864_000]),
        ] as [(Double, [Double])]
    )
    func timeTicks(span: Double, values: [Double]) {
        #expect(AxisTicks(seconds: span, steps: 4).values == values)
    }

    @Test("numbers of SVG are short and never in an exponent")
    func numbers() {
        #expect(
            [0, 1.5, 2.25, -0.001, 1e6, 0.07, -3.1].map(SVG.number) == [
                "0", "1.5", "2.25", "0", "1000000", "0.07", "-3.1",
            ]
        )
    }

    @Test("the bar's parts are as wide as their shares, a single row can be seen, and all of it is told in words")
    func bar() throws {
        let bar = OutcomeBar(parts: [
            .init(name: "linked", word: "linked", rows: 999_999), .init(name: "rejected", word: "rejected", rows: 1),
            .init(name: "failed", word: "failed", rows: 0),
            .init(name: "undone", word: "undone", rows: 1_000_000),
        ])
        let svg = try parsed(bar.svg(.wide))
        let rectangles = try svg.nodes(forXPath: "rect[starts-with(@class, 'fill-')]")
        #expect(rectangles.count == 3)
        let widths = rectangles.compactMap { numbers($0, "width") }
        #expect(widths[1] == 3)
        #expect(abs(widths[0] - 438.5) < 0.1 && abs(widths[2] - 438.5) < 0.1)
        #expect(abs(widths.reduce(0, +) - 880) < 0.1)
        #expect(numbers(rectangles[1], "x") == widths[0])
        #expect(
            try svg.nodes(forXPath: "desc")[0].stringValue
                == "linked 999,999 (50 %), rejected 1 (< 0.1 %), undone 1,000,000 (50 %)."
        )
        #expect(try svg.nodes(forXPath: "rect/title").map(\.stringValue).contains("rejected: 1 row"))
    }

    @Test("a bar of nothing is empty")
    func emptyBar() throws {
        let svg = try parsed(OutcomeBar(parts: [.init(name: "linked", word: "linked", rows: 0)]).svg(.narrow))
        #expect(try svg.nodes(forXPath: "rect").isEmpty)
        #expect(try svg.nodes(forXPath: "desc")[0].stringValue == "No rows.")
    }

    /// Four seconds, in each of which so many rows were settled, with a pause in the third.
    private static func run(_ settled: [Int], rate: Double = 10) -> RunActivity {
        RunActivity(
            runID: "run-1",
            startedAt: moment,
            endedAt: moment + Double(settled.count),
            tick: .seconds(1),
            settled: settled,
            pace: [
                PaceSample(at: moment, rate: rate, requests: 0, throttled: 0),
                PaceSample(
                    at: moment + 2,
                    rate: rate / 2,
                    pause: (moment + 2)...(moment + 2.5),
                    requests: 10,
                    throttled: 1
                ),
                PaceSample(
                    at: moment + 3,
                    rate: rate / 2,
                    pause: (moment + 2.5)...(moment + 3),
                    requests: 10,
                    throttled: 1
                ),
            ]
        )
    }

    @Test("throughput: rows as steps, the rate in force as a line, pauses that touch as one")
    func throughput() throws {
        let chart = ThroughputChart(activity: Self.run([10, 10, 0, 5]))
        let svg = try parsed(chart.svg(id: "c", .wide))
        // 822 × 204 units for four seconds and ten rows a second.
        let plot = try #require(try svg.nodes(forXPath: "svg").first as? XMLElement)
        #expect(numbers(plot, "width") == 822)
        #expect(numbers(plot, "height") == 204)
        let paths = try plot.nodes(forXPath: "path").compactMap {
            ($0 as? XMLElement)?.attribute(forName: "d")?.stringValue
        }
        #expect(
            paths == [
                "M0 204V0H205.5V0H411V204H616.5V102H822V204Z", "M0 0H411V102H616.5V102H822",
            ]
        )
        let pause = try #require(try plot.nodes(forXPath: "rect[@class='pause']").first)
        #expect(numbers(pause, "x") == 411)
        #expect(numbers(pause, "width") == 205.5)
        #expect(try pause.nodes(forXPath: "title")[0].stringValue == "Pause of 1.0 s, 2 s after the start")
        #expect(
            chart.summary
                == "25 rows in 4.0 s: 6.3 a second on average, 10 at most. PingOne asked for 1 pause, 1.0 s altogether. "
                + "At the end the rate in force was 5 requests a second."
        )
        #expect(try svg.nodes(forXPath: "desc")[0].stringValue == chart.summary)
        #expect(
            try svg.nodes(forXPath: "title")[0].stringValue
                == "Rows settled per second since 2026-03-01 04:05:06 UTC"
        )
    }

    @Test("what PingOne permits is a line of its own, from when it is known, and apart from the rate in force")
    func permitted() throws {
        var run = Self.run([10, 10, 10, 5])
        let samples = [(0, 12, 0, 0), (1, 8, 14, 2), (2, 8, 22, 2), (3, 2, 30, 2)] as [(Double, Double, Int, Int)]
        run.pace = samples.map { second, rate, requests, throttled in
            PaceSample(at: moment + second, rate: rate, requests: requests, throttled: throttled)
        }
        let chart = ThroughputChart(activity: run)
        #expect(chart.permitted.map(\.at) == [moment + 2])
        #expect(chart.permitted.map(\.rate) == [8])
        let svg = try parsed(chart.svg(id: "c", .wide))
        let paths = try svg.nodes(forXPath: "svg/path[@class='permitted' or @class='rate']")
        #expect(
            paths.compactMap { ($0 as? XMLElement)?.attribute(forName: "d")?.stringValue } == [
                "M411 95.2H822", "M0 40.8H205.5V95.2H411V95.2H616.5V176.8H822",
            ]
        )
        #expect(
            chart.summary.hasSuffix(
                "At the end the rate in force was 2 requests a second, and PingOne permitted about 8."
            )
        )
    }

    @Test("a rate far above what was done does not press the rows to the ground")
    func highLimit() throws {
        let svg = try parsed(ThroughputChart(activity: Self.run([10, 10, 0, 5], rate: 100_000)).svg(id: "c", .narrow))
        let labels = try svg.nodes(forXPath: "text[@text-anchor='end']").compactMap(\.stringValue)
        #expect(labels.contains("20"))
        #expect(!labels.contains("100,000"))
    }

    @Test("a pause beyond the end of the run, or before its start, is cut off")
    func cutPauses() {
        var run = Self.run([1])
        run.pace = [(-3.0)...(-1.0), (-1.0)...0.5, 0.9...300].map { pause in
            PaceSample(
                at: moment,
                rate: 1,
                pause: (moment + pause.lowerBound)...(moment + pause.upperBound),
                requests: 1,
                throttled: 1
            )
        }
        #expect(
            ThroughputChart(activity: run).pauses.map { "\($0.lowerBound) \(SVG.number($0.upperBound))" } == [
                "0.0 0.5", "\((moment + 0.9).timeIntervalSince(moment)) 1",
            ]
        )
    }

    @Test("runs of no length, of nothing and with strange clocks are drawn too", arguments: ChartSize.allCases)
    func strangeRuns(size: ChartSize) throws {
        var run = RunActivity(
            runID: "r",
            startedAt: moment,
            endedAt: moment,
            tick: .milliseconds(250),
            settled: [0]
        )
        _ = try parsed(ThroughputChart(activity: run).svg(id: "c", size))
        run.settled = [3]
        run.pace = [PaceSample(at: moment - 5000, rate: .infinity, requests: 0, throttled: 0)]
        run.pace.append(PaceSample(at: moment + 5000, rate: 0, pause: moment...moment, requests: 0, throttled: 0))
        let svg = ThroughputChart(activity: run).svg(id: "c", size)
        _ = try parsed(svg)
        #expect(!svg.contains("nan") && !svg.contains("inf"))
    }

    @Test("latency: a bar for each bin, marks where the percentiles are, and all of it in words")
    func latency() throws {
        let chart = LatencyChart(latency: LatencyDistribution([10: 98, 25: 1, 400: 1]))
        let svg = try parsed(chart.svg(.wide))
        let bars = try svg.nodes(forXPath: "rect")
        #expect(
            try bars.map { try $0.nodes(forXPath: "title")[0].stringValue } == [
                "10 to 11 ms: 98 answers", "25 to 29 ms: 1 answer", "400 to 499 ms: 1 answer",
            ]
        )
        #expect(numbers(bars[0], "x") == 49)
        #expect(try svg.nodes(forXPath: "line[@class='marker']").count == 3)
        #expect(chart.summary == "100 answers: p50 10 ms, p90 10 ms, p95 10 ms, p99 25 ms, the slowest 400 ms.")
        #expect(try svg.nodes(forXPath: "desc")[0].stringValue == chart.summary)
    }
}
