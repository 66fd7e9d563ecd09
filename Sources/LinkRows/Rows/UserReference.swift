import Ledger
package import PingOneAPI

/// How a row says whose account it is.
package enum UserReference: Sendable, Hashable {
    /// By the user's id: a UUID, as the file has it.
    case id(String)
    /// By another attribute (`--user-key`); who that is the run finds out.
    case key(UserName)

    /// What the row has instead of the id.
    package var name: UserName? {
        if case .key(let name) = self { name } else { nil }
    }
}

extension UserName {
    /// The fingerprint under which the ledger finds a link of this user again, without having the name. The same for two
    /// names that differ in a way that does not matter for their key.
    ///
    /// `salt`: the ledger's.
    package func alias(salt: UInt64) -> UInt64 {
        var hash = StableHash(salt: salt)
        hash.combine(key.rawValue)
        hash.combine(key.folded(text))
        return hash.finalize()
    }
}
