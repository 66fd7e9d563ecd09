import LinkImport
import Reporting
import Testing

@Suite("What is said to be permitted while a run goes on")
struct LimitWatchTests {
    /// What is known after looks, one a second.
    private func rate(_ looks: (rate: Double, requests: Int, throttled: Int)...) -> Double? {
        var watch = LimitWatch()
        for (second, look) in looks.enumerated() {
            watch.note(
                .init(rate: look.rate, requests: look.requests, throttled: look.throttled),
                at: Double(second)
            )
        }
        return watch.rate
    }

    @Test("a rate in force that was used is permitted once it gets through")
    func used() {
        #expect(rate((103, 0, 0), (97, 103, 3), (97, 200, 3), (97, 297, 3)) == 100)
    }

    @Test("one that was not used proves no more than what was sent")
    func unused() {
        #expect(rate((103, 0, 0), (97, 103, 3), (97, 119, 3), (97, 135, 3)) == 16)
    }
}
