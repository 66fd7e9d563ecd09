import PingOneAPI
import SeededRandom
import TestKit
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("Users by their names, without PingOne")
struct UserIndexTests {
    private static func index(_ key: UserKey, _ users: [User]) -> UserIndex {
        var index = UserIndex(key)
        index.add(users)
        index.sort()
        return index
    }

    private static func user(_ number: Int, _ name: String?) -> User {
        User(id: SampleIDs.user(number), username: name, email: name, externalID: name)
    }

    @Test(
        "a name is compared as in a single look-up",
        arguments: [
            (UserKey.username, "LESLIE", true), (.username, "leslie", true), (.username, "leslie ", false),
            (.username, "lesley", false), (.email, "lEsLiE", true), (.externalID, "Leslie", true),
            (.externalID, "leslie", false), (.externalID, "", false),
        ]
    )
    func folded(key: UserKey, name: String, isFound: Bool) {
        let user = Self.user(1, "Leslie")
        let finding = Self.index(key, [user]).finding(UserName(key, name))
        #expect(finding == (isFound ? .user(id: SampleIDs.user(1)) : nil))
        #expect(user.isNamed(name, by: key) == isFound)
    }

    @Test("two spellings of one letter are two names, in whatever case")
    func unicode() {
        let index = Self.index(.username, [Self.user(1, "JOS\u{C9}"), Self.user(2, "JOSE\u{301}")])
        #expect(index.finding(UserName(.username, "jos\u{E9}")) == .user(id: SampleIDs.user(1)))
        #expect(index.finding(UserName(.username, "jose\u{301}")) == .user(id: SampleIDs.user(2)))
    }

    @Test("two users of one name are nobody; one who stands there twice is one")
    func several() {
        let index = Self.index(
            .email,
            [
                Self.user(1, "both"), Self.user(3, "one"), Self.user(2, "BOTH"), Self.user(3, "One"), Self.user(4, nil),
                Self.user(5, ""), Self.user(6, nil),
            ]
        )
        #expect(index.finding(UserName(.email, "Both")) == .nobody(.severalUsers(.email)))
        #expect(index.finding(UserName(.email, "one")) == .user(id: SampleIDs.user(3)))
        #expect(index.finding(UserName(.email, "")) == nil)
        #expect(index.finding(UserName(.email, "nobody")) == nil)
    }

    @Test("an id comes back as PingOne writes it")
    func id() {
        let user = User(id: "0AF81D49-0036-03F2-82FF-008F5762298A", username: "a")
        #expect(
            Self.index(.username, [user]).finding(UserName(.username, "a"))
                == .user(id: "0af81d49-0036-03f2-82ff-008f5762298a")
        )
    }

    @Test("users whose names collide are nobody, whoever else is there")
    func collision() {
        var index = UserIndex(.username) { name in name.hasPrefix("c") ? 7 : UInt128(name.utf8.count) << 120 }
        index.add([Self.user(1, "c1"), Self.user(2, "alone"), Self.user(3, "c2")])
        index.sort()
        #expect(index.finding(UserName(.username, "c1")) == .nobody(.severalUsers(.username)))
        #expect(index.finding(UserName(.username, "c2")) == .nobody(.severalUsers(.username)))
        #expect(index.finding(UserName(.username, "alone")) == .user(id: SampleIDs.user(2)))
    }

    @Test("the fingerprints of two indexes have nothing in common: they are made with another seed each")
    func seeds() {
        #expect(UserIndex.makeFingerprint()("leslie") != UserIndex.makeFingerprint()("leslie"))
        let fingerprint = UserIndex.makeFingerprint()
        #expect(fingerprint("leslie") == fingerprint("leslie"))
        #expect(fingerprint("leslie") != fingerprint("lesley"))
    }

    @Test("finds what a comparison with every user finds", arguments: 0..<20 as Range<UInt64>)
    func same(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let names = (0..<40).map { "name-\($0)" } + (0..<40).map { "NAME-\($0)" }
        let users = (1...60).map { _ in
            Self.user(Int.random(in: 1...50, using: &random), names.randomElement(using: &random))
        }
        for key in UserKey.allCases {
            let index = Self.index(key, users)
            for name in names {
                let found = Set(users.filter { $0.isNamed(name, by: key) }.map(\.id))
                let expected: UserFinding? =
                    found.count > 1 ? .nobody(.severalUsers(key)) : found.first.map { .user(id: $0) }
                #expect(index.finding(UserName(key, name)) == expected)
            }
        }
    }
}
