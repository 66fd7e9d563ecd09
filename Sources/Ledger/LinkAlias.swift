/// What a link is known by as long as the user's id is not: a fingerprint of the name that the input gives the user, and
/// the rest of its ``LinkKey``.
package struct LinkAlias: Sendable {
    package var environment: String
    /// Made with ``Ledger/contentSalt``, see ``Candidate/userAlias``.
    package var userAlias: UInt64
    package var identityProviderID: String
    package var externalID: String

    package init(environment: String, userAlias: UInt64, identityProviderID: String, externalID: String) {
        self.environment = environment
        self.userAlias = userAlias
        self.identityProviderID = identityProviderID
        self.externalID = externalID
    }
}
