import Ledger

extension LedgerError {
    /// What is being done when PostgreSQL refuses.
    enum PostgresAction {
        case opening, reading, writing
    }

    /// Translates whatever a piece of database work threw. `name`: the address without its password.
    init(_ error: any Error, at name: String, while action: PostgresAction) {
        if let error = error as? LedgerError {
            self = error
            return
        }
        guard let error = error as? PostgresError else {
            self = .damaged(path: name, reason: "a value in it cannot be read")
            return
        }
        switch (error, action) {
        case (.unreadable, _): self = .damaged(path: name, reason: "a value in it cannot be read")
        // They were there when it was opened. A schema that the user may not look into counts as none.
        case (.refused("42P01", _), .writing):
            let need = "its tables are gone: the user needs USAGE on the schema, unless somebody has removed it"
            self = .writeFailed(path: name, reason: need)
        // The statements are always the same, so that one which is wrong meets tables that are.
        case (.refused(let state, let reason), _) where Self.isDamage(state):
            self = .damaged(path: name, reason: "PostgreSQL \(state): \(reason)")
        case (.refused("42501", _), .opening):
            let needs =
                "a new schema needs CREATE in the database; one that is there must belong to the user, or to a role "
                + "that the user is a member of"
            self = .cannotCreate(path: name, reason: "\(error.reason) (\(needs))")
        case (.refused("42501", let reason), .reading):
            let need = "reading needs USAGE on the schema and SELECT on its tables and views"
            self = .cannotRead(path: name, reason: "\(reason) (\(need))")
        case (_, .opening): self = .cannotCreate(path: name, reason: error.reason)
        case (_, .reading): self = .cannotRead(path: name, reason: error.reason)
        case (_, .writing): self = .writeFailed(path: name, reason: error.reason)
        }
    }

    /// Wrong tables (but for permissions), constraints that do not hold, and what PostgreSQL itself calls corrupted.
    private static func isDamage(_ state: String) -> Bool {
        ["42", "22", "23", "XX"].contains(state.prefix(2)) && state != "42501"
    }
}

extension PostgresError {
    /// In a user's words, in the middle of a sentence.
    var reason: String {
        switch self {
        case .standby:
            "the server is a standby, which only reads: name the primary, or several hosts and "
                + "target_session_attrs=read-write"
        case .connection(let reason, _): reason.trimmingSuffix(".")
        case .refused("25006", _):
            "the server only reads: where it is a standby, name the primary, or several hosts and "
                + "target_session_attrs=read-write; where it is not, default_transaction_read_only is on"
        case .refused("53100", _): "the disk of the database is full"
        case .refused(let state, let reason): "PostgreSQL \(state): \(reason)"
        case .unreadable: "a value in it cannot be read"
        }
    }
}

extension String {
    fileprivate func trimmingSuffix(_ end: Character) -> String {
        last == end ? String(dropLast()) : self
    }
}
