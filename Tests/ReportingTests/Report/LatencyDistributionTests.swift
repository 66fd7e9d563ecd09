import Testing

@testable import Reporting

@Suite("How the latencies are spread")
struct LatencyDistributionTests {
    @Test("percentiles are exact: the smallest time within which so many answers came")
    func percentiles() {
        let latency = LatencyDistribution(Dictionary(uniqueKeysWithValues: (1...100).map { ($0, 1) }))
        #expect(latency.percentile(0.5) == 50)
        #expect(latency.percentile(0.95) == 95)
        #expect(latency.percentile(0.99) == 99)
        #expect(latency.percentile(0.991) == 100)
        #expect(latency.percentile(1) == 100)
        #expect(latency.maximum == 100)
        #expect(latency.total == 100)
    }

    @Test("one answer is all percentiles, and without answers there are none")
    func few() {
        let one = LatencyDistribution([17: 1])
        #expect([0.5, 0.95, 0.99].map(one.percentile) == [17, 17, 17])
        #expect(one.bins == [.init(from: 15, to: 20, count: 1)])
        let none = LatencyDistribution([:])
        #expect(none.percentile(0.5) == nil)
        #expect(none.maximum == nil)
        #expect(none.bins == [])
    }

    @Test("bins stand side by side from the fastest to the slowest answer, and hold them all")
    func bins() {
        let counts = [0: 2, 1: 1, 9: 3, 10: 4, 119: 1, 120: 1, 5000: 6]
        let bins = LatencyDistribution(counts).bins
        #expect(bins.first == .init(from: 0, to: 1, count: 2))
        #expect(bins.last == .init(from: 5000, to: 6000, count: 6))
        #expect(zip(bins, bins.dropFirst()).allSatisfy { $0.to == $1.from })
        #expect(bins.reduce(0) { $0 + $1.count } == 18)
        #expect(bins.first { $0.from == 8 }?.count == 3)
        #expect(bins.first { $0.from == 10 }?.count == 4)
        #expect(bins.first { $0.from == 100 }?.count == 1)
        #expect(bins.first { $0.from == 120 }?.count == 1)
    }

    @Test("what a damaged ledger may say does no harm")
    func damaged() {
        let latency = LatencyDistribution([-5: 3, 10: 1, 4_000_000_000_000: 1])
        #expect(latency.total == 2)
        #expect(latency.bins.last == .init(from: 8_000_000, to: 4_000_000_000_001, count: 1))
    }
}
