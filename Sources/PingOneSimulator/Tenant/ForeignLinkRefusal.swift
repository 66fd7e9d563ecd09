/// Why a link cannot be made behind the client's back.
package enum ForeignLinkRefusal: Error, Equatable, Sendable, CustomStringConvertible {
    case unreadable
    case unknownUser
    case unknownIdentityProvider
    case taken

    /// The HTTP status that says the same.
    var status: Int {
        switch self {
        case .unreadable: 400
        case .unknownUser, .unknownIdentityProvider: 404
        case .taken: 409
        }
    }

    package var description: String {
        switch self {
        case .unreadable:
            "Say which link: {\"userID\":\"UUID\",\"externalID\":\"text\"}, and \"identityProviderID\" for another than X."
        case .unknownUser: "There is no such user. Name one that exists."
        case .unknownIdentityProvider: "There is no such identity provider. GET .../identityProviders lists them all."
        case .taken: "Conflict: this externalID is linked at this identity provider. Remove that link first."
        }
    }
}
