import LinkImport
import LinkRows
import PingOneClient
import Testing

@Suite("The rate that PingOne is thought to permit")
struct PermittedRateTests {
    /// What is known after looks at a rate, with so many requests let through and refused since the look before.
    private func value(_ looks: (rate: Double, letThrough: Int, refused: Int)...) -> Double? {
        var permitted = PermittedRate()
        var (requests, throttled) = (0, 0)
        for look in looks {
            requests += look.letThrough + look.refused
            throttled += look.refused
            permitted.note(.init(rate: look.rate, requests: requests, throttled: throttled))
        }
        return permitted.value
    }

    @Test("is not known before the first refusal, however fast it goes, nor before something has got through again")
    func unknown() {
        #expect(value((10, 0, 0), (20, 2, 0), (40, 5, 0), (80, 10, 0)) == nil)
        #expect(value((80, 0, 0), (160, 20, 0), (160, 10, 3)) == nil)
    }

    @Test("lies between the refused rate and the one that gets through, or at that if they are far from each other")
    func between() {
        #expect(value((103, 0, 0), (97, 20, 3), (97, 20, 0)) == 100)
        #expect(value((160, 0, 0), (97, 20, 3), (97, 20, 0)) == 97)
    }

    @Test("what gets through above it is permitted too; a lower rate without a refusal says nothing")
    func upAndDown() {
        let found = value((160, 0, 0), (97, 20, 3), (97, 20, 0), (99, 20, 0), (99, 20, 0))
        #expect(found == 99)
        #expect(value((160, 0, 0), (97, 20, 3), (97, 20, 0), (30, 5, 0), (4, 5, 0), (4, 1, 0)) == 97)
    }

    @Test("follows a limit that falls")
    func falls() {
        #expect(value((160, 0, 0), (97, 20, 3), (97, 20, 0), (60, 5, 3), (50, 5, 3), (48, 5, 3), (48, 5, 0)) == 49)
    }

    @Test("a full window, in which every rate is refused, says nothing")
    func fullWindow() {
        let before = value((12, 0, 0), (10, 20, 3), (10, 20, 0))
        #expect(before == 11)
        #expect(value((12, 0, 0), (10, 20, 3), (10, 20, 0), (4, 0, 1), (2, 0, 1), (1, 0, 1), (1, 1, 0)) == before)
    }
}
