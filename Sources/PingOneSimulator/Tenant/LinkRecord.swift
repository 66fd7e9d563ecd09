/// A link that exists now. All ids are in lower case, whatever the request had.
package struct LinkRecord: Equatable, Sendable {
    package var userID: String
    package var identityProviderID: String
    package var externalID: String
    package var linkedAccountID: String
    /// The `X-Ping-External-Transaction-ID` of the request that made it, as the client sent it.
    package var createdBy: String?

    init(_ link: Directory.Link) {
        userID = link.user.description
        identityProviderID = link.identityProvider.description
        externalID = link.externalID
        linkedAccountID = link.id.description
        createdBy = link.createdBy
    }

    var json: JSON {
        [
            "userID": .string(userID),
            "identityProviderID": .string(identityProviderID),
            "externalID": .string(externalID),
            "linkedAccountID": .string(linkedAccountID),
            "createdBy": createdBy.map(JSON.string) ?? .null,
        ]
    }
}
