import PingOneAPI
import Testing

@testable import LinkRows

@Suite("Names of users")
struct UserReferenceTests {
    @Test("are equal with the same bytes only")
    func equality() {
        let names: Set = [
            UserName(.username, "a"), UserName(.username, "A"), UserName(.email, "a"), UserName(.username, "\u{E9}"),
            UserName(.username, "e\u{301}"), UserName(.username, "a"),
        ]
        #expect(names.count == 5)
    }

    @Test("have an alias that tells keys and ledgers apart, but not spellings that do not matter")
    func alias() {
        let alias = UserName(.username, "Leslie").alias(salt: 1)
        #expect(UserName(.username, "lESLIE").alias(salt: 1) == alias)
        #expect(UserName(.username, "leslie ").alias(salt: 1) != alias)
        #expect(UserName(.email, "Leslie").alias(salt: 1) != alias)
        #expect(UserName(.username, "Leslie").alias(salt: 2) != alias)
        #expect(UserName(.externalID, "Ab").alias(salt: 1) != UserName(.externalID, "ab").alias(salt: 1))
    }

    @Test("stand only in references that are no ids")
    func name() {
        #expect(UserReference.id("x").name == nil)
        #expect(UserReference.key(UserName(.email, "x")).name == UserName(.email, "x"))
    }
}
