/// A resource below an environment.
enum Resource: Equatable, Sendable {
    case environment
    case identityProviders
    case identityProvider(String)
    case attributes(identityProvider: String)
    case attribute(identityProvider: String, id: String)
    case users
    case user(String)
    case linkedAccounts(user: String)
    case linkedAccount(user: String, id: String)

    /// - Parameter parts: the path below the environment, split at its slashes.
    init?(_ parts: [String]) {
        switch (parts.count, parts.first) {
        case (0, _): self = .environment
        case (1, "identityProviders"): self = .identityProviders
        case (2, "identityProviders"): self = .identityProvider(parts[1])
        case (3, "identityProviders") where parts[2] == "attributes": self = .attributes(identityProvider: parts[1])
        case (4, "identityProviders") where parts[2] == "attributes":
            self = .attribute(identityProvider: parts[1], id: parts[3])
        case (1, "users"): self = .users
        case (2, "users"): self = .user(parts[1])
        case (3, "users") where parts[2] == "linkedAccounts": self = .linkedAccounts(user: parts[1])
        case (4, "users") where parts[2] == "linkedAccounts": self = .linkedAccount(user: parts[1], id: parts[3])
        default: return nil
        }
    }

    /// The name under which requests are counted and journalled.
    var kind: String {
        switch self {
        case .environment: "environment"
        case .identityProviders: "identityProviders"
        case .identityProvider: "identityProvider"
        case .attributes: "attributes"
        case .attribute: "attribute"
        case .users: "users"
        case .user: "user"
        case .linkedAccounts: "linkedAccounts"
        case .linkedAccount: "linkedAccount"
        }
    }

    /// The user's id as it stands in the path.
    var userID: String? {
        switch self {
        case .user(let id), .linkedAccounts(let id), .linkedAccount(let id, _): id
        default: nil
        }
    }

    /// The identity provider's id as it stands in the path.
    var identityProviderID: String? {
        switch self {
        case .identityProvider(let id), .attributes(let id), .attribute(let id, _): id
        default: nil
        }
    }

    var isAboutLinks: Bool {
        switch self {
        case .linkedAccounts, .linkedAccount: true
        default: false
        }
    }

    /// The methods the resource knows, as in an `Allow` header.
    var methods: [String] {
        switch self {
        case .attributes, .linkedAccounts: ["GET", "POST"]
        case .attribute: ["GET", "PUT", "DELETE"]
        case .linkedAccount: ["GET", "DELETE"]
        default: ["GET"]
        }
    }
}
