import Testing

@testable import PingOneSimulator

@Suite("Resource ids")
struct ResourceIDTests {
    @Test("any case is read, lower case is written")
    func roundTrip() throws {
        let id = try #require(ResourceID("ABFBA8F6-49eb-49F5-a5d9-80AD5C98F9F6"))
        #expect(id.description == "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6")
        #expect(id == ResourceID(KnownIDs.environment))
    }

    @Test(
        "what is no UUID is no id",
        arguments: [
            "", "abfba8f6", "abfba8f649eb49f5a5d980ad5c98f9f6", "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f",
            "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f60", "gbfba8f6-49eb-49f5-a5d9-80ad5c98f9f6",
            "{abfba8f6-49eb-49f5-a5d9-80ad5c98f9}", "abfba8f64-9eb-49f5-a5d9-80ad5c98f9f6",
        ]
    )
    func notAnID(text: String) {
        #expect(ResourceID(text) == nil)
    }

    @Test("random ids are UUIDs of version 4, and other seeds give others", arguments: [1, 2, 3] as [UInt64])
    func random(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<100 {
            let id = ResourceID(using: &random)
            let text = Array(id.description)
            #expect(text[14] == "4")
            #expect("89ab".contains(text[19]))
            #expect(ResourceID(id.description) == id)
        }
    }

    @Test("all known ids are UUIDs in lower case")
    func knownIDs() {
        let ids = [
            KnownIDs.environment, KnownIDs.administratorsEnvironment, KnownIDs.identityProvider,
            KnownIDs.secondIdentityProvider, KnownIDs.usernameMapping, KnownIDs.emailMapping,
            KnownIDs.secondUsernameMapping, KnownIDs.population, KnownIDs.clientID,
        ]
        #expect(ids.allSatisfy { ResourceID($0)?.description == $0 })
        #expect(Set(ids).count == ids.count)
    }
}
