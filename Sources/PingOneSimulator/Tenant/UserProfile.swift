import FoundationEssentials

/// What a link may change in a user: attributes by dotted name, all of them texts.
///
/// A user that no link has touched, and about whom no list says otherwise, has a user name and an e-mail address made
/// of its id, and nothing else, so that `EMPTY_ONLY` finds both filled and empty attributes.
struct UserProfile: Equatable, Sendable {
    /// By dotted name; an attribute that is not here is empty.
    private(set) var values: [String: String]
    private(set) var updatedAt: Date

    /// When all users were made: the time in PingOne's own sample, to the second.
    private static let createdAt = Date(timeIntervalSince1970: 1_614_709_166)
    private static let createdAtText = createdAt.formatted(style)
    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// A user as it was at first; `given` is what a list says about it.
    init(of user: ResourceID, _ given: UserList.Attributes? = nil) {
        let address = "user-\(user)@example.com"
        values = ["username": given?.username ?? address, "email": given?.email ?? address]
        values["externalId"] = given?.externalID
        updatedAt = Self.createdAt
    }

    /// Whose id an address, in lower case, of the form that users have by themselves is made of; nil for any other.
    static func owner(ofAddress address: String) -> ResourceID? {
        guard address.hasPrefix("user-"), address.hasSuffix("@example.com") else { return nil }
        return ResourceID(address.dropFirst(5).dropLast(12))
    }

    /// The value by which a filter finds the user; nil if the attribute is empty.
    func key(for attribute: UserFilter.Attribute) -> UserFilter? {
        values[attribute.rawValue].flatMap { $0.isEmpty ? nil : UserFilter(attribute, $0) }
    }

    /// Whether a link may set an attribute of this name.
    ///
    /// One or two parts of letters, digits, `_` and `-`. The reserved names are those which the data model of identity
    /// provider attributes forbids; the others hold objects, of which only the parts can be set.
    static func isSettable(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2, !reservedNames.contains(String(first)) else { return false }
        guard parts.count == 2 || !objectNames.contains(name) else { return false }
        return parts.allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                        true
                    default: false
                    }
                }
        }
    }

    private static let reservedNames: Set = [
        "account", "id", "created", "updated", "lifecycle", "mfaEnabled", "enabled",
        "createdAt", "updatedAt", "environment", "identityProvider", "population", "verifyStatus", "_links",
        "_embedded",
    ]
    private static let objectNames: Set = ["name", "address", "photo"]

    /// The names among `attributes` that would make an object of a text or a text of an object.
    func misfits(among attributes: [LinkOrder.Attribute]) -> [String] {
        let names = Set(values.keys).union(attributes.map(\.name))
        let objects = Set(names.compactMap { $0.split(separator: ".").count == 2 ? $0.prefix { $0 != "." } : nil })
        return attributes.map(\.name).filter { name in
            let parts = name.split(separator: ".")
            return parts.count == 2 ? names.contains(String(parts[0])) : objects.contains(name[...])
        }
    }

    /// What would change: all of `ALWAYS`, and of `EMPTY_ONLY` what is empty now.
    func changes(from attributes: [LinkOrder.Attribute]) -> [String: String] {
        var changes: [String: String] = [:]
        for attribute in attributes where attribute.overwrites || values[attribute.name, default: ""].isEmpty {
            changes[attribute.name] = attribute.value
        }
        return changes
    }

    mutating func apply(_ changes: [String: String], at date: Date) {
        guard !changes.isEmpty else { return }
        values.merge(changes) { $1 }
        updatedAt = date
    }

    /// The user as the API shows it, in the order of PingOne's sample; attributes by name.
    func json(of user: ResourceID) -> JSON {
        var members: [JSON.Member] = [
            .init(name: "id", value: .string(user.description)),
            .init(name: "environment", value: ["id": .string(KnownIDs.environment)]),
            .init(name: "account", value: ["canAuthenticate": true, "status": "OK"]),
            .init(name: "createdAt", value: .string(Self.createdAtText)),
            .init(name: "enabled", value: true),
            .init(name: "identityProvider", value: ["type": "PING_ONE"]),
            .init(name: "lifecycle", value: ["status": "ACCOUNT_OK"]),
            .init(name: "mfaEnabled", value: false),
            .init(name: "population", value: ["id": .string(KnownIDs.population)]),
            .init(name: "updatedAt", value: .string(Self.text(of: updatedAt))),
            .init(name: "verifyStatus", value: "NOT_INITIATED"),
        ]
        members += attributeMembers
        return .object(members)
    }

    private var attributeMembers: [JSON.Member] {
        var members: [JSON.Member] = []
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            let parts = name.split(separator: ".").map(String.init)
            guard parts.count == 2 else {
                members.append(.init(name: name, value: .string(value)))
                continue
            }
            let part = JSON.Member(name: parts[1], value: .string(value))
            // Sorted by dotted name, the parts of one object need not be neighbours: `name-x` comes before `name.y`.
            if let index = members.firstIndex(where: { $0.name == parts[0] }),
                case .object(let others) = members[index].value
            {
                members[index].value = .object(others + [part])
            } else {
                members.append(.init(name: parts[0], value: .object([part])))
            }
        }
        return members
    }

    private static func text(of date: Date) -> String {
        date == createdAt ? createdAtText : date.formatted(style)
    }
}
