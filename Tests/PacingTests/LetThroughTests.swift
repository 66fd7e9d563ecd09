import Testing

@testable import Pacing

@Suite("What got through, and the rate that it proves")
struct LetThroughTests {
    private let start = ContinuousClock.now

    private func noted(perSecond count: Int, seconds: Range<Int>, in letThrough: inout LetThrough) {
        for second in seconds {
            for index in 0..<count {
                letThrough.note(at: start + .seconds(second) + .seconds(Double(index) / Double(count)))
            }
        }
    }

    @Test("what got through for a while is proven, less a second's worth")
    func proven() {
        var letThrough = LetThrough()
        #expect(letThrough.provenRate(at: start) == 0)
        noted(perSecond: 50, seconds: 0..<64, in: &letThrough)
        #expect(letThrough.provenRate(at: start + .seconds(64)) == 49.21875)
        #expect(letThrough.rate(over: 10, at: start + .seconds(63.999)) > 49)
    }

    @Test("a time in which nothing gets through lowers it slowly, until it is forgotten")
    func pause() {
        var letThrough = LetThrough()
        noted(perSecond: 50, seconds: 0..<64, in: &letThrough)
        #expect(letThrough.provenRate(at: start + .seconds(70)) > 44)
        #expect(letThrough.provenRate(at: start + .seconds(300)) == 0)
        noted(perSecond: 20, seconds: 300..<310, in: &letThrough)
        #expect((16.0...20).contains(letThrough.provenRate(at: start + .seconds(310))))
        letThrough.forget()
        #expect(letThrough.provenRate(at: start + .seconds(311)) == 0)
    }
}
