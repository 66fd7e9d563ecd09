/// An attribute by which a user may be named instead of by the id. The raw value is its name in filters.
package enum UserKey: String, Sendable, CaseIterable {
    /// Unique in an environment.
    case username
    /// Several users may share one.
    case email
    /// The user's own external id, not that of a linked account; several users may share one.
    case externalID = "externalId"

    /// The longest value, in characters.
    ///
    /// Source: PingOne API, Users, for `username` and `externalId`; RFC 5321, section 4.5.3.1.3, for an e-mail address:
    /// a path of 256 octets, of which two are its brackets.
    package var longest: Int {
        switch self {
        case .username: 128
        case .email: 254
        case .externalID: 1024
        }
    }

    /// A value as it is compared: user names and e-mail addresses without regard to case, external ids to the letter.
    /// The results are to be compared by their bytes: Unicode equivalence is not equality here.
    package func folded(_ value: String) -> String {
        switch self {
        case .username, .email: value.lowercased()
        case .externalID: value
        }
    }
}
