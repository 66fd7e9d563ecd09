/// What a link is known by, whichever file and line it comes from.
///
/// The three UUIDs are kept as the file has them and compared without regard to ASCII case. The external id is compared
/// byte by byte: two spellings of "é" are two accounts, although Swift's `String` calls them equal. No text may contain
/// NUL, at which SQLite would end it; the reader of the input refuses such rows.
package struct LinkKey: Sendable {
    package var environment: String
    package var userID: String
    package var identityProviderID: String
    package var externalID: String

    package init(environment: String, userID: String, identityProviderID: String, externalID: String) {
        self.environment = environment
        self.userID = userID
        self.identityProviderID = identityProviderID
        self.externalID = externalID
    }

    /// The number under which the ledger's index finds the key. Equal keys have equal hashes, for all time, and the upper
    /// 40 bits are the account's: all links of one account stand together.
    package static func storedHash(_ key: LinkKey) -> Int64 {
        var account = StableHash()
        account.combineIgnoringASCIICase(key.environment)
        account.combineIgnoringASCIICase(key.identityProviderID)
        account.combine(key.externalID)
        var user = StableHash()
        user.combineIgnoringASCIICase(key.userID)
        return Int64(bitPattern: account.finalize() & ~userBits | user.finalize() & userBits)
    }

    private static let userBits: UInt64 = 0xFF_FFFF

    /// The hashes that the links of the same account have.
    package static func accountHashes(around hash: Int64) -> ClosedRange<Int64> {
        let bits = UInt64(bitPattern: hash)
        return Int64(bitPattern: bits & ~userBits)...Int64(bitPattern: bits | userBits)
    }

    /// What formats before the seventh have for ``storedHash(_:)``.
    package static func firstStoredHash(_ key: LinkKey) -> Int64 {
        var hash = StableHash()
        hash.combineIgnoringASCIICase(key.environment)
        hash.combineIgnoringASCIICase(key.userID)
        hash.combineIgnoringASCIICase(key.identityProviderID)
        hash.combine(key.externalID)
        return Int64(bitPattern: hash.finalize())
    }
}

extension LinkKey: Hashable {
    package static func == (left: LinkKey, right: LinkKey) -> Bool {
        left.externalID.utf8.elementsEqual(right.externalID.utf8)
            && equalIgnoringASCIICase(left.userID, right.userID)
            && equalIgnoringASCIICase(left.identityProviderID, right.identityProviderID)
            && equalIgnoringASCIICase(left.environment, right.environment)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(Self.firstStoredHash(self))
    }

    private static func equalIgnoringASCIICase(_ left: String, _ right: String) -> Bool {
        left.utf8.elementsEqual(right.utf8) { $0.lowercasedASCII == $1.lowercasedASCII }
    }
}
