import FoundationEssentials

/// The users and their links, with the rules that hold between them.
///
/// PingOne does not document what it does with a second link for the same account. The rule here follows the pattern
/// that the platform documents elsewhere: an external id is unique for each identity provider of an environment, and
/// its second use is refused with `UNIQUENESS_VIOLATION`, also for the same user. A user may have several links, also
/// at one identity provider. A user name is unique without regard to case, as filters compare it.
struct Directory: Sendable {
    struct Link: Equatable, Sendable {
        var id: ResourceID
        var user: ResourceID
        var identityProvider: ResourceID
        var externalID: String
        /// The transaction id of the request that made the link, if it named one.
        var createdBy: String?
        var madeAt: ContinuousClock.Instant
        /// Nil while it is there.
        var removedAt: ContinuousClock.Instant?
    }

    enum LinkResult: Equatable, Sendable {
        case linked(Link)
        case refused([APIProblem.Detail])
    }

    private struct Account: Hashable, Sendable {
        var identityProvider: ResourceID
        var externalID: String
    }

    /// Nil: every UUID is a user.
    private let users: UserList?
    /// The ids of `users`.
    private let members: Set<ResourceID>
    private var links: [ResourceID: Link] = [:]
    private var linksOfUser: [ResourceID: [ResourceID]] = [:]
    private var linkOfAccount: [Account: ResourceID] = [:]
    private var profiles: [ResourceID: UserProfile] = [:]
    /// The users whose attributes links have changed, in the order of their first change.
    private var changedUsers: [ResourceID] = []
    /// Who has which value, except for addresses made of the user's own id: these say themselves whose they are.
    private var usersByKey: [UserFilter: [ResourceID]] = [:]
    private var order: [ResourceID] = []
    /// Links that are gone and that late lists still show.
    private var removed: [ResourceID: [Link]] = [:]

    /// - Parameter users: who exists; nil makes a user of every UUID.
    init(users: UserList? = nil) {
        self.users = users
        members = Set(users?.ids ?? [])
        for id in users?.ids ?? [] {
            guard let given = users?.attributes[id] else { continue }
            index(UserProfile(of: id, given), of: id)
        }
    }

    /// How many links there are now.
    var linkCount: Int { links.count }

    /// All links, in the order in which they were made.
    var allLinks: [Link] { order.compactMap { links[$0] } }

    func hasUser(_ user: ResourceID) -> Bool {
        users == nil || members.contains(user)
    }

    func profile(of user: ResourceID) -> UserProfile {
        profiles[user] ?? UserProfile(of: user, users?.attributes[user])
    }

    /// All users: those of the list, in its order. Where every UUID is a user, only those whose attributes links have
    /// changed; nobody could list the others.
    var allUsers: [ResourceID] { users?.ids ?? changedUsers }

    /// Who has this value now.
    ///
    /// - Complexity: O(1) and the number of hits.
    func users(matching filter: UserFilter) -> [ResourceID] {
        if filter.attribute != .externalID, let owner = UserProfile.owner(ofAddress: filter.value), hasUser(owner),
            profile(of: owner).key(for: filter.attribute) == filter
        {
            return [owner] + usersByKey[filter, default: []]
        }
        return usersByKey[filter, default: []]
    }

    /// The user's links, in the order in which they were made.
    func links(of user: ResourceID) -> [Link] {
        linksOfUser[user, default: []].compactMap { links[$0] }
    }

    /// The user's links as a list shows them that is late by `lag`: without those that were made since, and with those
    /// that were removed since.
    ///
    /// Source: PingOne is eventually consistent, its own words; how late it may be nobody says.
    func links(of user: ResourceID, at now: ContinuousClock.Instant, lag: Duration) -> [Link] {
        let seen = now - lag
        let gone = removed[user, default: []].filter { $0.madeAt <= seen && $0.removedAt ?? now > seen }
        return gone + links(of: user).filter { $0.madeAt <= seen }
    }

    /// Nil also if the link belongs to somebody else.
    func link(_ id: ResourceID, of user: ResourceID) -> Link? {
        links[id].flatMap { $0.user == user ? $0 : nil }
    }

    /// Makes a link and changes the user's attributes, or does neither.
    mutating func add(_ link: Link, changing attributes: [LinkOrder.Attribute], at date: Date) -> LinkResult {
        let account = Account(identityProvider: link.identityProvider, externalID: link.externalID)
        var profile = profile(of: link.user)
        let changes = profile.changes(from: attributes)
        var details = profile.misfits(among: attributes).map(APIProblem.Detail.invalid)
        if linkOfAccount[account] != nil { details.append(.notUnique("externalId")) }
        if let username = changes["username"],
            users(matching: UserFilter(.username, username)).contains(where: { $0 != link.user })
        {
            details.append(.notUnique("username"))
        }
        guard details.isEmpty else { return .refused(details) }

        if !changes.isEmpty {
            unindex(profile, of: link.user)
            profile.apply(changes, at: date)
            index(profile, of: link.user)
            if profiles.updateValue(profile, forKey: link.user) == nil { changedUsers.append(link.user) }
        }
        links[link.id] = link
        linksOfUser[link.user, default: []].append(link.id)
        linkOfAccount[account] = link.id
        order.append(link.id)
        return .linked(link)
    }

    /// Removes a link; attributes stay as they are, as at PingOne.
    ///
    /// - Parameters:
    ///   - id: the link's.
    ///   - now: the moment from which it is gone.
    ///   - lag: how long late lists go on to show it.
    /// - Returns: false if there is no such link.
    @discardableResult
    mutating func remove(_ id: ResourceID, at now: ContinuousClock.Instant, lag: Duration) -> Bool {
        guard var link = links.removeValue(forKey: id) else { return false }
        if lag > .zero {
            link.removedAt = now
            removed[link.user, default: []].append(link)
        }
        linksOfUser[link.user]?.removeAll { $0 == id }
        linkOfAccount[Account(identityProvider: link.identityProvider, externalID: link.externalID)] = nil
        // The order keeps the ids of removed links until they outweigh the others: a removal stays cheap.
        if order.count > 2 * links.count + 16 { order.removeAll { links[$0] == nil } }
        return true
    }

    private mutating func index(_ profile: UserProfile, of user: ResourceID) {
        for key in Self.keys(of: profile, of: user) { usersByKey[key, default: []].append(user) }
    }

    private mutating func unindex(_ profile: UserProfile, of user: ResourceID) {
        for key in Self.keys(of: profile, of: user) {
            usersByKey[key]?.removeAll { $0 == user }
            if usersByKey[key]?.isEmpty == true { usersByKey[key] = nil }
        }
    }

    private static func keys(of profile: UserProfile, of user: ResourceID) -> [UserFilter] {
        UserFilter.Attribute.allCases.compactMap { profile.key(for: $0) }.filter { key in
            key.attribute == .externalID || UserProfile.owner(ofAddress: key.value) != user
        }
    }
}
