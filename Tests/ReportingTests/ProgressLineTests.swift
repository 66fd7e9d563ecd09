import Ledger
import LinkImport
import Pacing
import Reporting
import Testing

@Suite("The live line")
struct ProgressLineTests {
    /// Of a million rows, 98.4 a second.
    private func line(
        total: Int? = 1_000_000,
        waiting: Int = 64,
        rowsPerSecond: Double = 98.42,
        limitedBy: RateLimitedBy = .pingOne,
        rate: Double = 97.2,
        permitted: Double? = nil,
        latency: LatencyPercentiles? = LatencyPercentiles(p50: .milliseconds(41), p95: .milliseconds(120)),
        pause: Duration = .zero,
        isStopping: Bool = false,
        awaited: AwaitedRows? = nil,
        _ change: (inout RunCounts) -> Void
    ) -> ProgressLine {
        var counts = RunCounts()
        change(&counts)
        return ProgressLine(
            counts: ProgressCounts(counts, work: WorkCounts(ended: 0, waiting: waiting, awaited: awaited)),
            total: total,
            rowsPerSecond: rowsPerSecond,
            pacing: PacingSnapshot(rate: rate, limitedBy: limitedBy, latency: latency),
            permitted: permitted,
            pause: pause,
            isStopping: isStopping
        )
    }

    private var healthy: ProgressLine { line { $0.linked = 480_213 } }

    private var troubled: ProgressLine {
        line { counts in
            counts.linked = 480_000
            counts.alreadyLinked = 90
            counts.skipped = 95
            counts.rejected = 20
            counts.invalid = 1
            counts.unsettled = 7
        }
    }

    @Test("at 60, 80, 120 and 160 columns, when all is well")
    func healthyWidths() {
        #expect(
            [60, 80, 120, 160].map { healthy.line(width: $0 - 1, isColoured: false) } == [
                "48%  480,213/1,000,000  98.4/s  480,213 linked  1h28m left",
                "[==>   ] 48%  480,213/1,000,000  98.4/s  480,213 linked  0 rejected  1h28m left",
                "[==>   ] 48%  480,213/1,000,000  98.4/s  480,213 linked  0 rejected"
                    + "  limited by: PingOne (429)  rate 97.2/s  1h28m left",
                "[==>   ] 48%  480,213/1,000,000 rows  98.4/s  480,213 linked  0 rejected  64 waiting"
                    + "  p50 41 ms, p95 120 ms  limited by: PingOne (429)  rate 97.2/s  1h28m left",
            ]
        )
    }

    @Test("at 60, 80, 120, 160 and 200 columns, when some rows are not linked")
    func troubledWidths() {
        #expect(
            [60, 80, 120, 160, 200].map { troubled.line(width: $0 - 1, isColoured: false) } == [
                "48%  480,213/1,000,000  98.4/s  21 rejected  1h28m left",
                "[====>    ] 48%  480,213/1,000,000  98.4/s  21 rejected  7 to retry  1h28m left",
                "[==>   ] 48%  480,213/1,000,000  98.4/s  480,000 linked  21 rejected  7 to retry"
                    + "  limited by: PingOne (429)  1h28m left",
                "[====>    ] 48%  480,213/1,000,000  98.4/s  480,000 linked  95 skipped  21 rejected"
                    + "  7 to retry  64 waiting  limited by: PingOne (429)  rate 97.2/s  1h28m left",
                "[===>   ] 48%  480,213/1,000,000  98.4/s  480,000 linked  90 already linked  95 skipped"
                    + "  21 rejected  7 to retry  64 waiting  p50 41 ms, p95 120 ms"
                    + "  limited by: PingOne (429)  rate 97.2/s  1h28m left",
            ]
        )
    }

    @Test("what PingOne permits and the rate in force have two names, where there is room")
    func permitted() {
        let limited = line(permitted: 100.04) { $0.linked = 480_213 }
        #expect(
            [80, 120, 160].map { limited.line(width: $0 - 1, isColoured: false) } == [
                "[==>   ] 48%  480,213/1,000,000  98.4/s  480,213 linked  0 rejected  1h28m left",
                "[====>    ] 48%  480,213/1,000,000 rows  98.4/s  480,213 linked"
                    + "  limited by: PingOne (429)  permitted 100/s  1h28m left",
                "[=====>      ] 48%  480,213/1,000,000 rows  98.4/s  480,213 linked  0 rejected"
                    + "  64 waiting  limited by: PingOne (429)  permitted 100/s  rate 97.2/s  1h28m left",
            ]
        )
        #expect(limited.text.contains(", limited by: PingOne (429), PingOne permits 100/s, rate 97.2/s, "))
        #expect(limited.figures["permitted_rate"]?.description == "100.0")
        #expect(limited.figures["rate"]?.description == "97.2")
    }

    @Test("bar and share stay from 80 columns on, the share at 60, with long numbers and during a pause too")
    func longNumbers() {
        let long = line(total: 30_000_000, rowsPerSecond: 1235, permitted: 1300, pause: .seconds(300)) { counts in
            counts.linked = 14_480_000
            counts.skipped = 22_300
            counts.rejected = 1_021
            counts.unsettled = 7_000
        }
        #expect(
            [60, 80, 120].map { long.line(width: $0 - 1, isColoured: false) } == [
                "[====>    ] 48%  14,510,321/30,000,000  1,235/s  3h29m left",
                "[===>    ] 48%  14,510,321/30,000,000 rows  1,235/s  1,021 rejected  3h29m left",
                "[==>   ] 48%  14,510,321/30,000,000 rows  1,235/s  1,021 rejected  7,000 to retry"
                    + "  rate 97.2/s  paused 5m0s  3h29m left",
            ]
        )
    }

    @Test("is never wider than the window, and has whole words only", arguments: 0...200)
    func neverTooWide(width: Int) {
        let paused = line(pause: .seconds(75)) { $0.linked = 480_213 }
        for line in [healthy, troubled, paused, line(total: nil) { $0.linked = 7 }] {
            let text = line.line(width: width, isColoured: false)
            #expect(text.count <= width)
            #expect(line.line(width: width, isColoured: true).replacing(/\e\[\d+m/, with: "") == text)
            let withoutBar = text.replacing(/\[[=>\ ]*\]/, with: "")
            let words = Set(line.line(width: 300, isColoured: false).split(separator: " "))
            #expect(words.isSuperset(of: withoutBar.split(separator: " ")), "\(text)")
        }
    }

    @Test("what is linked is green, what has failed is red, what another run may do is yellow")
    func colours() {
        let text = troubled.line(width: 199, isColoured: true)
        #expect(text.contains("\u{1B}[32m480,000 linked\u{1B}[0m"))
        #expect(text.contains("\u{1B}[31m21 rejected\u{1B}[0m"))
        #expect(text.contains("\u{1B}[33m7 to retry\u{1B}[0m"))
        let begun = line { _ in }
        #expect(begun.line(width: 199, isColoured: true) == begun.line(width: 199, isColoured: false))
    }

    @Test("a log has room for all of it")
    func text() {
        #expect(
            troubled.text
                == "480,213/1,000,000 rows, 98.4/s, 480,000 linked, 90 already linked, 95 skipped, 21 rejected, "
                + "7 to retry, 64 waiting, p50 41 ms, p95 120 ms, limited by: PingOne (429), rate 97.2/s, 1 h 28 min left"
        )
    }

    @Test("a program gets numbers")
    func figures() {
        let figures = line(rowsPerSecond: 98.45, pause: .milliseconds(1_250)) { counts in
            counts.linked = 480_000
            counts.unsettled = 7
        }.figures
        #expect(
            figures.mapValues(\.description) == [
                "rows_done": "480007", "rows_total": "1000000", "rows_waiting": "64", "rows_per_second": "98.5",
                "rows_linked": "480000", "rows_rejected": "0", "rows_to_retry": "7", "latency_p50_ms": "41.0",
                "latency_p95_ms": "120.0", "limited_by": "PingOne (429)", "rate": "97.2", "paused_s": "1.3",
                "left_s": "5281",
            ]
        )
        #expect(figures["rows_done"] is Int)
        #expect(figures["rows_per_second"] is Double)
    }

    @Test("of a stream nobody knows the end: no bar, no share, no time left")
    func stream() {
        let stream = line(total: nil, latency: nil) { $0.linked = 1200 }
        #expect(
            stream.line(width: 119, isColoured: false)
                == "1,200 rows  98.4/s  1,200 linked  0 rejected  64 waiting  limited by: PingOne (429)  rate 97.2/s"
        )
        #expect(
            stream.text
                == "1,200 rows, 98.4/s, 1,200 linked, 0 rejected, 64 waiting, limited by: PingOne (429), rate 97.2/s"
        )
    }

    @Test("at the start and at the end no time is left to tell")
    func ends() {
        let start = line(total: 7, waiting: 0, rowsPerSecond: 0, limitedBy: .growth, latency: nil) { _ in }
        #expect(start.text == "0/7 rows, 0.0/s, 0 linked, 0 rejected, 0 waiting, speeding up, rate 97.2/s")
        #expect(start.line(width: 30, isColoured: false) == "0%  0/7  0.0/s  speeding up")
        let end = line(total: 7, waiting: 0, limitedBy: .rateFlag, latency: nil) { $0.linked = 7 }
        #expect(end.text == "7/7 rows, 98.4/s, 7 linked, 0 rejected, 0 waiting, limited by: --rate, rate 97.2/s")
        #expect(end.line(width: 30, isColoured: false) == "100%  7/7  98.4/s  7 linked")
        let empty = line(total: 0, waiting: 0, rowsPerSecond: 0, limitedBy: .growth, latency: nil) { _ in }
        #expect(empty.line(width: 40, isColoured: false) == "100%  0/0  0.0/s  0 linked  speeding up")
    }

    @Test("a pause is named, and rounded up")
    func pause() {
        let paused = line(total: 20, pause: .milliseconds(74_001)) { $0.linked = 10 }
        #expect(
            paused.text
                == "10/20 rows, 98.4/s, 10 linked, 0 rejected, 64 waiting, p50 41 ms, p95 120 ms, "
                + "limited by: PingOne (429), rate 97.2/s, paused 1 min 15 s, 0.1 s left"
        )
        #expect(paused.line(width: 41, isColoured: false) == "50%  10/20  98.4/s  paused 1m15s  0s left")
    }

    @Test("a run that waits for rows of another process says for whose, where there is room")
    func awaited() {
        func waiting(_ host: String, count: Int = 120) -> ProgressLine {
            let holder = RowHolder(host: host, processID: 71, leaseEndsIn: .milliseconds(12_900))
            let awaited = AwaitedRows(count: count, holder: holder)
            return line(total: 1_000, waiting: 0, rowsPerSecond: 0, latency: nil, awaited: awaited) { $0.linked = 880 }
        }
        let text = "waiting for 120 rows that host b, process 71, holds; its lease ends in 12 s"
        #expect(waiting("b").text.hasSuffix(", rate 97.2/s, \(text)"))
        #expect(waiting("b").line(width: 89, isColoured: false) == "880/1,000  \(text)")
        #expect(
            waiting("import-0-x2x4z").line(width: 79, isColoured: false)
                == "[======>] 88%  880/1,000  0.0/s  880 linked  waiting for 120 of another machine"
        )
        #expect(waiting("b", count: 1).text.contains(", waiting for 1 row that host b, process 71, holds; "))
        #expect(waiting("b\u{1B}[2J").line(width: 99, isColoured: false).contains("that host b?[2J, process 71"))
        #expect(waiting("b").figures["rows_awaited"]?.description == "120")
    }

    @Test("a run that is stopping says so instead of what limits it")
    func stopping() {
        let stopping = line(isStopping: true) { counts in
            counts.linked = 10
            counts.unsent = 7000
        }
        #expect(
            stopping.text
                == "10/1,000,000 rows, 98.4/s, 10 linked, 0 rejected, 7,000 not sent, 64 waiting, p50 41 ms, p95 120 ms, "
                + "stopping, rate 97.2/s"
        )
    }

    @Test(
        "three digits of speed are enough",
        arguments: [(0, "0.0/s"), (0.04, "0.0/s"), (99.94, "99.9/s"), (99.96, "100/s"), (1234.5, "1,235/s")]
    )
    func speed(rowsPerSecond: Double, speed: String) {
        let text = line(total: nil, waiting: 0, rowsPerSecond: rowsPerSecond) { _ in }.text
        #expect(text.hasPrefix("0 rows, \(speed), "), "\(text)")
    }
}
