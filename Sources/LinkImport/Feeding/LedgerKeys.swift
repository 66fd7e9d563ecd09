import Ledger
import LinkRows
import PingOneAPI

/// By what the ledger knows the rows of a run.
struct LedgerKeys {
    let environment: String
    /// The ledger's, for fingerprints.
    let salt: UInt64

    /// `userID`: that of the row's user, who may be named otherwise in the row.
    func candidate(_ row: LinkRow, ofUser userID: String) -> Candidate {
        Candidate(
            key: key(ofUser: userID, row.link.identityProviderID, row.link.externalID),
            line: row.line,
            content: row.content(salt: salt),
            userAlias: row.user.name?.alias(salt: salt)
        )
    }

    func alias(_ name: UserName, _ identityProviderID: String, _ externalID: String) -> LinkAlias {
        LinkAlias(
            environment: environment,
            userAlias: name.alias(salt: salt),
            identityProviderID: identityProviderID,
            externalID: externalID
        )
    }

    private func key(ofUser userID: String, _ identityProviderID: String, _ externalID: String) -> LinkKey {
        LinkKey(
            environment: environment,
            userID: userID,
            identityProviderID: identityProviderID,
            externalID: externalID
        )
    }

    /// What is known of a link, by the user's id or by the name in its place.
    func lookUp(
        _ user: UserReference,
        _ identityProviderID: String,
        _ externalID: String,
        in store: ImportStore
    ) throws(LedgerError) -> KnownLink? {
        switch user {
        case .id(let id):
            let key = key(ofUser: id, identityProviderID, externalID)
            return try store.lookUp([Candidate(key: key, line: 0, content: 0)])[0]
        case .key(let name):
            return try store.lookUp([alias(name, identityProviderID, externalID)])[0]
        }
    }
}
