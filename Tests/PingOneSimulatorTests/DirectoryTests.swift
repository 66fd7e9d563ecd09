import FoundationEssentials
import Testing

@testable import PingOneSimulator

@Suite("Users and links")
struct DirectoryTests {
    private var directory = Directory()
    private var ids = SplitMix64(seed: 7)
    private let provider = ResourceID(high: 1, low: 1)
    private let users = (1...3).map { ResourceID(high: 2, low: UInt64($0)) }

    private mutating func add(
        _ externalID: String,
        _ user: Int,
        _ attributes: [LinkOrder.Attribute] = [],
        at date: Date = Date(timeIntervalSince1970: 1_700_000_000)
    ) -> Directory.LinkResult {
        let link = Directory.Link(
            id: ResourceID(using: &ids),
            user: users[user],
            identityProvider: provider,
            externalID: externalID,
            madeAt: .now
        )
        return directory.add(link, changing: attributes, at: date)
    }

    @Test("a refused link changes no attribute, and a refused attribute makes no link")
    mutating func allOrNothing() {
        _ = add("1", 0)
        let nickname = LinkOrder.Attribute(name: "nickname", value: "Les", overwrites: true)
        #expect(add("1", 1, [nickname]) == .refused([.notUnique("externalId")]))
        #expect(directory.profile(of: users[1]) == UserProfile(of: users[1]))
        let part = LinkOrder.Attribute(name: "email.work", value: "x", overwrites: true)
        #expect(add("2", 1, [part]) == .refused([.invalid("email.work")]))
        #expect(directory.linkCount == 1)
    }

    @Test("a text does not become an object, nor an object a text, nor both at once")
    mutating func misfits() {
        let both = ["a", "a.b"].map { LinkOrder.Attribute(name: $0, value: "x", overwrites: true) }
        #expect(add("1", 0, both) == .refused([.invalid("a"), .invalid("a.b")]))
        _ = add("2", 0, [both[1]])
        #expect(add("3", 0, [both[0]]) == .refused([.invalid("a")]))
    }

    @Test("a user name belongs to one user at a time")
    mutating func usernames() {
        let leslie = [LinkOrder.Attribute(name: "username", value: "leslie", overwrites: true)]
        _ = add("1", 0, leslie)
        #expect(add("2", 1, leslie) == .refused([.notUnique("username")]))
        _ = add("3", 0, leslie)
        _ = add("4", 0, [.init(name: "username", value: "other", overwrites: true)])
        _ = add("5", 1, leslie)
        #expect(directory.profile(of: users[1]).values["username"] == "leslie")
    }

    @Test("a user name is compared without regard to case, also with those made of an id")
    mutating func usernameCase() {
        _ = add("1", 0, [.init(name: "username", value: "Leslie", overwrites: true)])
        let taken = ["LESLIE", "USER-\(users[2])@example.com"]
        for name in taken {
            let attribute = LinkOrder.Attribute(name: "username", value: name, overwrites: true)
            #expect(add(name, 1, [attribute]) == .refused([.notUnique("username")]))
        }
        let own = LinkOrder.Attribute(name: "username", value: "User-\(users[1])@example.com", overwrites: true)
        _ = add("2", 1, [own])
        #expect(directory.users(matching: UserFilter(.username, "user-\(users[1])@example.com")) == [users[1]])
    }

    @Test("a filter finds each of 20,000 users at once, without a search through all of them")
    func manyUsers() {
        let ids = (0..<20_000).map { ResourceID(high: 3, low: $0) }
        let directory = Directory(
            users: UserList(text: "userID,username\n\(ids.map { "\($0),u\($0)\n" }.joined())".utf8)
        )
        // As many searches as there are users would take minutes.
        #expect(ids.allSatisfy { directory.users(matching: UserFilter(.username, "U\($0)")) == [$0] })
    }

    @Test("a filter finds whoever has the value now", arguments: 0..<50 as Range<UInt64>)
    mutating func matching(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let names = ["username", "email", "externalId"]
        let values = ["", "a", "A", "b", "user-\(users[0])@example.com", "user-\(users[1])@example.com"]
        for number in 0..<100 {
            let attribute = LinkOrder.Attribute(
                name: names[Int.random(in: 0..<3, using: &random)],
                value: values[Int.random(in: 0..<values.count, using: &random)],
                overwrites: Bool.random(using: &random)
            )
            _ = add("\(number)", Int.random(in: 0..<3, using: &random), [attribute])
            for attribute in UserFilter.Attribute.allCases {
                for value in values.dropFirst() + ["user-\(users[2])@example.com", "x"] {
                    let filter = UserFilter(attribute, value)
                    let owners = users.filter { directory.profile(of: $0).key(for: attribute) == filter }
                    let hits = directory.users(matching: filter)
                    #expect(Set(hits) == Set(owners))
                    #expect(hits.count == owners.count)
                    #expect(attribute != .username || hits.count <= 1)
                }
            }
        }
    }

    @Test("EMPTY_ONLY fills what is empty, ALWAYS overwrites, and the user's time moves only with a change")
    mutating func updates() {
        let date = Date(timeIntervalSince1970: 1_800_000_000)
        _ = add("1", 0, [.init(name: "email", value: "new", overwrites: false)], at: date)
        #expect(directory.profile(of: users[0]) == UserProfile(of: users[0]))
        _ = add("2", 0, [.init(name: "nickname", value: "", overwrites: true)], at: date)
        _ = add("3", 0, [.init(name: "nickname", value: "Les", overwrites: false)], at: date)
        _ = add("4", 0, [.init(name: "nickname", value: "Leo", overwrites: false)], at: date)
        _ = add("5", 0, [.init(name: "email", value: "new", overwrites: true)], at: date)
        #expect(directory.profile(of: users[0]).values["nickname"] == "Les")
        #expect(directory.profile(of: users[0]).values["email"] == "new")
        #expect(directory.profile(of: users[0]).updatedAt == date)
    }

    @Test("parts of one object come together in the user's JSON, whatever stands between them")
    mutating func parts() {
        let names = ["name.given", "name-x", "name.family", "name2.given"]
        _ = add("1", 0, names.map { LinkOrder.Attribute(name: $0, value: $0, overwrites: true) })
        let json = directory.profile(of: users[0]).json(of: users[0])
        #expect(json["name"] == ["family": "name.family", "given": "name.given"])
        #expect(json["name-x"] == "name-x")
        #expect(json["name2"] == ["given": "name2.given"])
    }

    @Test("an external id is linked at most once, whatever is added and removed", arguments: 0..<50 as Range<UInt64>)
    mutating func unique(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<200 {
            if let link = directory.allLinks.randomElement(using: &random), Int.random(in: 0..<3, using: &random) == 0 {
                directory.remove(link.id, at: .now, lag: .zero)
                #expect(directory.link(link.id, of: link.user) == nil)
            } else {
                let externalID = String(Int.random(in: 0..<20, using: &random))
                let isTaken = directory.allLinks.contains { $0.externalID == externalID }
                let result = add(externalID, Int.random(in: 0..<3, using: &random))
                #expect((result == .refused([.notUnique("externalId")])) == isTaken)
            }
            let links = directory.allLinks
            #expect(links.count == directory.linkCount)
            #expect(Set(links.map(\.externalID)).count == links.count)
            #expect(users.reduce(0) { $0 + directory.links(of: $1).count } == links.count)
        }
    }
}
