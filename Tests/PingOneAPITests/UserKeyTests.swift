import PingOneAPI
import Testing

@Suite("By which of their attributes users are named")
struct UserKeyTests {
    @Test("the names that filters have for them")
    func names() {
        #expect(UserKey.allCases.map(\.rawValue) == ["username", "email", "externalId"])
    }

    @Test("how long a value may be")
    func longest() {
        #expect(UserKey.allCases.map(\.longest) == [128, 254, 1024])
    }

    @Test("user names and e-mail addresses are folded, external ids are not")
    func folded() {
        #expect(UserKey.username.folded("JOSÉ.Weiß") == "josé.weiß")
        #expect(UserKey.email.folded("A@Example.COM") == "a@example.com")
        #expect(UserKey.externalID.folded("Ab-1") == "Ab-1")
    }
}
