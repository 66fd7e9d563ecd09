import Ledger

extension LedgerError {
    /// Translates whatever a piece of reading threw.
    init(_ error: any Error, readingFrom address: PostgresAddress) {
        if let error = error as? LedgerError {
            self = error
            return
        }
        switch error as? PostgresError {
        case .connection(let reason): self = .cannotRead(path: address.name, reason: reason)
        case .refused(let state, let reason) where Self.damage.contains(state.prefix(2)) && state != "42501":
            self = .damaged(path: address.name, reason: "PostgreSQL \(state): \(reason)")
        case .refused(let state, let reason):
            self = .cannotRead(path: address.name, reason: "PostgreSQL \(state): \(reason)")
        case .unreadable, nil: self = .damaged(path: address.name, reason: "a value in it cannot be read")
        }
    }

    /// The statements are always the same, so that one which is wrong (42) meets tables that are; the others are values and
    /// pages that make no sense. 42501 is a permission that is not there.
    private static let damage: Set<Substring> = ["22", "42", "XX"]
}
