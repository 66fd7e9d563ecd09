import Testing

@testable import Pacing

@Suite("The latencies of the last seconds")
struct RecentLatenciesTests {
    private let start = ContinuousClock.now

    /// Within a hundredth: so exact is the histogram.
    private func expect(
        _ latencies: RecentLatencies,
        p50: Double,
        p95: Double,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        let found = try #require(latencies.percentiles, sourceLocation: location)
        #expect(abs(found.p50 / .milliseconds(1) - p50) <= p50 / 100, "\(found)", sourceLocation: location)
        #expect(abs(found.p95 / .milliseconds(1) - p95) <= p95 / 100, "\(found)", sourceLocation: location)
    }

    @Test("half of the answers took p50 at most, all but one in twenty p95")
    func percentiles() throws {
        var latencies = RecentLatencies()
        #expect(latencies.percentiles == nil)
        for millisecond in 1...100 {
            latencies.record(microseconds: RecentLatencies.microseconds(.milliseconds(millisecond)), at: start)
        }
        try expect(latencies, p50: 50, p95: 95)
    }

    @Test("the answers of five to ten seconds count, and those before a pause for as long as it lasts")
    func window() throws {
        var latencies = RecentLatencies()
        latencies.record(microseconds: RecentLatencies.microseconds(.milliseconds(900)), at: start)
        latencies.record(microseconds: RecentLatencies.microseconds(.milliseconds(100)), at: start + .seconds(5))
        try expect(latencies, p50: 100, p95: 900)
        latencies.record(
            microseconds: RecentLatencies.microseconds(.milliseconds(100)),
            at: start + .milliseconds(9_999)
        )
        try expect(latencies, p50: 100, p95: 900)
        latencies.record(microseconds: RecentLatencies.microseconds(.milliseconds(200)), at: start + .seconds(10))
        try expect(latencies, p50: 100, p95: 200)
        latencies.record(microseconds: RecentLatencies.microseconds(.milliseconds(300)), at: start + .seconds(4000))
        try expect(latencies, p50: 200, p95: 300)
    }

    @Test("what no request can take is counted as the shortest, or as the longest")
    func extremes() throws {
        var latencies = RecentLatencies()
        latencies.record(microseconds: RecentLatencies.microseconds(.seconds(-1)), at: start)
        #expect(latencies.percentiles == LatencyPercentiles(p50: .zero, p95: .zero))
        latencies = RecentLatencies()
        latencies.record(microseconds: RecentLatencies.microseconds(.seconds(86_400)), at: start)
        try expect(latencies, p50: 3_600_000, p95: 3_600_000)
    }
}
