import Testing

@testable import PingOneSimulator

@Suite("Access tokens")
struct TokenStoreTests {
    @Test("a token is good until its lifetime is over")
    func lifetime() {
        let start = ContinuousClock.now
        var random = SplitMix64(seed: 1)
        var tokens = TokenStore(lifetime: .seconds(60))
        let first = tokens.issue(at: start, using: &random)
        let second = tokens.issue(at: start + .seconds(50), using: &random)
        #expect(tokens.accepts(first, at: start + .seconds(59)))
        #expect(!tokens.accepts(first, at: start + .seconds(60)))
        #expect(tokens.accepts(second, at: start + .seconds(109)))
        _ = tokens.issue(at: start + .seconds(100), using: &random)
        #expect(tokens.accepts(second, at: start + .seconds(109)))
        tokens.revokeAll()
        #expect(!tokens.accepts(second, at: start + .seconds(100)))
    }
}
