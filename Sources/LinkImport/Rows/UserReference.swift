import Ledger
package import PingOneAPI

/// How a row says whose account it is.
package enum UserReference: Sendable, Hashable {
    /// By the user's id: a UUID, as the file has it.
    case id(String)
    /// By another attribute (`--user-key`); who that is the run finds out.
    case key(UserName)

    /// What the row has instead of the id.
    var name: UserName? {
        if case .key(let name) = self { name } else { nil }
    }
}

/// What a row has instead of the user's id. Equal are names with the same bytes: how PingOne compares them is not known
/// here for certain.
package struct UserName: Sendable {
    package var key: UserKey
    /// As the file has it.
    package var text: String

    package init(_ key: UserKey, _ text: String) {
        self.key = key
        self.text = text
    }

    /// The fingerprint under which the ledger finds a link of this user again, without having the name. The same for two
    /// names that differ in a way that does not matter for their key.
    ///
    /// `salt`: the ledger's.
    func alias(salt: UInt64) -> UInt64 {
        var hash = StableHash(salt: salt)
        hash.combine(key.rawValue)
        hash.combine(key.folded(text))
        return hash.finalize()
    }
}

extension UserName: Hashable {
    package static func == (left: UserName, right: UserName) -> Bool {
        left.key == right.key && left.text.isSame(as: right.text)
    }

    package func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}
