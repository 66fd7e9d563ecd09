import Ledger
import LedgerTestKit
import Testing

@testable import SQLiteLedger

@Suite("The key of a link")
struct LinkKeyTests {
    @Test("is equal whatever the case of its UUIDs")
    func uuids() {
        var other = key(1)
        other.environment = other.environment.uppercased()
        other.userID = other.userID.uppercased()
        other.identityProviderID = other.identityProviderID.uppercased()
        #expect(key(1) == other)
        #expect(key(1).hashValue == other.hashValue)
    }

    @Test("differs in an external id that differs in a byte", arguments: ["Account 1", "account 1 ", "account 01"])
    func externalIDs(externalID: String) {
        var other = key(1)
        other.externalID = externalID
        #expect(key(1) != other)
    }

    @Test("differs in an external id that only Swift's text comparison calls equal")
    func canonicalEquivalence() {
        var composed = key(1)
        composed.externalID = "caf\u{E9}"
        var decomposed = key(1)
        decomposed.externalID = "cafe\u{301}"
        #expect(composed != decomposed)
    }

    @Test(
        "differs in each of its parts",
        arguments: [\LinkKey.environment, \.userID, \.identityProviderID, \.externalID]
            as [any WritableKeyPath<LinkKey, String> & Sendable]
    )
    func parts(part: any WritableKeyPath<LinkKey, String> & Sendable) {
        var other = key(1)
        other[keyPath: part] = "00000000-0000-4000-8000-000000000000"
        #expect(key(1) != other)
    }
}
