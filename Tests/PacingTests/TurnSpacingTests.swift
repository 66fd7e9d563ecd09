import Testing

@testable import Pacing

@Suite("The space between turns")
struct TurnSpacingTests {
    @Test("at 12.5 a second: 80 ms on average, 40 ms at least, twelve turns in no less than 0.96 s")
    func finite() {
        let spacing = TurnSpacing(rate: 12.5)
        #expect(spacing.usual == .milliseconds(80))
        #expect(spacing.least == .milliseconds(40))
        #expect(spacing.window?.turns == 12)
        #expect(spacing.window?.length == .milliseconds(960))
    }

    @Test("below one a second a window holds one turn")
    func slow() {
        let window = TurnSpacing(rate: 0.5).window
        #expect(window?.turns == 1)
        #expect(window?.length == .seconds(2))
    }

    @Test("without a limit there is neither space nor window")
    func infinite() {
        let spacing = TurnSpacing(rate: .infinity)
        #expect(spacing.usual == .zero)
        #expect(spacing.least == .zero)
        #expect(spacing.window == nil)
    }
}
