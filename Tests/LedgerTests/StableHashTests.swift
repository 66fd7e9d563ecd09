import Ledger
import Testing

@testable import SQLiteLedger

@Suite("A hash that is the same in every version")
struct StableHashTests {
    @Test("has the values it always had: ledgers on disk depend on them")
    func fixedValues() {
        #expect(StableHash().finalize() == 0xF52A_15E9_A9B5_E89B)
        #expect(hash("00123") == 0x3E85_61AE_1114_7546)
        #expect(hash("an external id with more than fifteen bytes, é") == 0x8903_B5DA_175D_6E4A)
        var id = StableHash()
        id.combineIgnoringASCIICase("788D4931-6936-43F2-82FF-178F5762298A")
        #expect(id.finalize() == 0xF766_6CBC_0F32_DEBD)
    }

    @Test("tells texts apart by where they end")
    func boundaries() {
        #expect(hash("ab", "c") != hash("a", "bc"))
        #expect(hash("a") != hash("a", ""))
    }

    @Test("tells apart spellings that Swift calls equal")
    func canonicalEquivalence() {
        #expect("\u{E9}" == "e\u{301}")
        #expect(hash("\u{E9}") != hash("e\u{301}"))
    }

    @Test("ignores the case of ASCII letters only where asked")
    func letterCase() {
        var upper = StableHash()
        upper.combineIgnoringASCIICase("ABCDEFGHIJKLMNOPQRSTUVWXYZ@[É")
        var lower = StableHash()
        lower.combineIgnoringASCIICase("abcdefghijklmnopqrstuvwxyz@[É")
        #expect(upper.finalize() == lower.finalize())
        #expect(hash("A") != hash("a"))
    }

    @Test("gives other hashes for another salt")
    func salted() {
        var one = StableHash(salt: 1)
        one.combine("a")
        var two = StableHash(salt: 2)
        two.combine("a")
        #expect(Set([one.finalize(), two.finalize(), hash("a")]).count == 3)
    }

    private func hash(_ texts: String...) -> UInt64 {
        var hash = StableHash()
        for text in texts { hash.combine(text) }
        return hash.finalize()
    }
}
