import LinkImport
import Pacing
import Reporting
import Testing

@Suite("ProgressLine")
struct ProgressLineTests {
    private func line(
        total: Int? = nil,
        elapsed: Duration = .seconds(10),
        limitedBy: RateLimitedBy = .pingOne,
        pause: Duration = .zero,
        _ change: (inout RunCounts) -> Void
    ) -> String {
        var counts = RunCounts()
        change(&counts)
        return ProgressLine(
            counts: ProgressCounts(counts),
            total: total,
            elapsed: elapsed,
            pacing: PacingSnapshot(rate: 100, limitedBy: limitedBy),
            pause: pause
        ).text
    }

    @Test("tells how far the run is, how fast, and what limits it")
    func ordinary() {
        let text = line(total: 5000, elapsed: .seconds(12)) { counts in
            counts.linked = 1000
            counts.alreadyLinked = 100
            counts.rejected = 2
            counts.invalid = 1
            counts.failed = 1
            counts.unsettled = 4
            counts.skipped = 92
        }
        // 1,107 of the 1,200 rows were sent: 92.25 a second, and 3,800 are left.
        #expect(
            text
                == "1200/5000 rows, 92.3/s, 1100 linked, 92 skipped, 3 rejected, 5 to retry; "
                + "limited by: PingOne (429); 41 s left"
        )
    }

    @Test("of a stream nobody knows the end")
    func stream() {
        #expect(line(limitedBy: .growth) { $0.linked = 7 } == "7 rows, 0.7/s, 7 linked; limited by: still growing")
    }

    @Test("at the start and at the end no time is left to tell")
    func ends() {
        #expect(
            line(total: 7, elapsed: .zero, limitedBy: .growth) { _ in }
                == "0/7 rows, 0.0/s, 0 linked; limited by: still growing"
        )
        #expect(
            line(total: 7, limitedBy: .rateFlag) { $0.linked = 7 } == "7/7 rows, 0.7/s, 7 linked; limited by: --rate"
        )
    }

    @Test("rows that were not sent do not make a run fast")
    func skippedOnly() {
        #expect(
            line(total: 200, limitedBy: .client) { $0.skipped = 100 }
                == "100/200 rows, 0.0/s, 0 linked, 100 skipped; limited by: --concurrency"
        )
    }

    @Test("a pause is named")
    func pause() {
        #expect(
            line(total: 20, pause: .seconds(75)) { $0.linked = 10 }
                == "10/20 rows, 1.0/s, 10 linked; waiting 1 min 15 s; limited by: PingOne (429); 10 s left"
        )
    }

    @Test(
        "three digits of speed are enough",
        arguments: [(994, "99.4"), (999, "99.9"), (1000, "100"), (1004, "100"), (12_345, "1235")]
    )
    func speed(linked: Int, speed: String) {
        #expect(
            line(limitedBy: .latency) { $0.linked = linked }
                == "\(linked) rows, \(speed)/s, \(linked) linked; limited by: latency"
        )
    }

    @Test("a speed just below a hundred is rounded to a hundred")
    func almostAHundred() {
        #expect(
            line(elapsed: .milliseconds(10_001), limitedBy: .latency) { $0.linked = 1000 }
                == "1000 rows, 100/s, 1000 linked; limited by: latency"
        )
    }
}
