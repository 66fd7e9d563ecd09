import FoundationEssentials

/// The users and their links, with the rules that hold between them.
///
/// PingOne does not document what it does with a second link for the same account. The rule here follows the pattern
/// that the platform documents elsewhere: an external id is unique for each identity provider of an environment, and
/// its second use is refused with `UNIQUENESS_VIOLATION`, also for the same user. A user may have several links, also
/// at one identity provider.
struct Directory: Sendable {
    struct Link: Equatable, Sendable {
        var id: ResourceID
        var user: ResourceID
        var identityProvider: ResourceID
        var externalID: String
        /// The transaction id of the request that made the link, if it named one.
        var createdBy: String?
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
    private let users: Set<ResourceID>?
    private var links: [ResourceID: Link] = [:]
    private var linksOfUser: [ResourceID: [ResourceID]] = [:]
    private var linkOfAccount: [Account: ResourceID] = [:]
    private var profiles: [ResourceID: UserProfile] = [:]
    private var ownerOfUsername: [String: ResourceID] = [:]
    private var order: [ResourceID] = []

    /// - Parameter users: who exists; nil makes a user of every UUID.
    init(users: Set<ResourceID>? = nil) {
        self.users = users
    }

    /// How many links there are now.
    var linkCount: Int { links.count }

    /// All links, in the order in which they were made.
    var allLinks: [Link] { order.compactMap { links[$0] } }

    func hasUser(_ user: ResourceID) -> Bool {
        users?.contains(user) ?? true
    }

    func profile(of user: ResourceID) -> UserProfile {
        profiles[user] ?? UserProfile(of: user)
    }

    /// The user's links, in the order in which they were made.
    func links(of user: ResourceID) -> [Link] {
        linksOfUser[user, default: []].compactMap { links[$0] }
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
        if let username = changes["username"], ownerOfUsername[username, default: link.user] != link.user {
            details.append(.notUnique("username"))
        }
        guard details.isEmpty else { return .refused(details) }

        if let username = changes["username"] {
            if let former = profile.values["username"] { ownerOfUsername[former] = nil }
            ownerOfUsername[username] = link.user
        }
        if !changes.isEmpty {
            profile.apply(changes, at: date)
            profiles[link.user] = profile
        }
        links[link.id] = link
        linksOfUser[link.user, default: []].append(link.id)
        linkOfAccount[account] = link.id
        order.append(link.id)
        return .linked(link)
    }

    /// Removes a link; attributes stay as they are, as at PingOne.
    ///
    /// - Returns: false if there is no such link.
    @discardableResult
    mutating func remove(_ id: ResourceID) -> Bool {
        guard let link = links.removeValue(forKey: id) else { return false }
        linksOfUser[link.user]?.removeAll { $0 == id }
        linkOfAccount[Account(identityProvider: link.identityProvider, externalID: link.externalID)] = nil
        // The order keeps the ids of removed links until they outweigh the others: a removal stays cheap.
        if order.count > 2 * links.count + 16 { order.removeAll { links[$0] == nil } }
        return true
    }
}
