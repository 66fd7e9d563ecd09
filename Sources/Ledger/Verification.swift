package import FoundationEssentials

/// What was found where a linked row says that a link is. The raw value is the text that exports show.
package enum CheckResult: String, CaseIterable, Sendable {
    /// The link is there.
    case match
    /// The user has no link to this provider that this ledger does not account for otherwise.
    case missing
    /// The user is linked to another account at this provider instead.
    case different
    /// A link of the user that no row accounts for, at a provider to which this ledger has linked the user.
    case extra
    /// Not read yet, or it could not be read.
    case unknown

    /// For people, who are told of rows that the run was to read.
    package var word: String { self == .unknown ? "not read" : rawValue }

    /// The number in a store, for results of rows that were read. Never change one.
    package var code: Int? {
        switch self {
        case .match: 1
        case .missing: 2
        case .different: 3
        case .extra, .unknown: nil
        }
    }

    package init?(code: Int) {
        guard let result = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = result
    }
}

/// What a look at all links of one user has shown; recorded as a whole or not at all.
package struct UserCheck: Sendable, Equatable {
    /// What became of one of the user's rows.
    package struct RowResult: Sendable, Equatable {
        package var ticket: Ticket
        /// `match`, `missing` or `different`.
        package var result: CheckResult
        /// Of one that is different: the account that is linked instead.
        package var foundExternalID: String?

        package init(ticket: Ticket, result: CheckResult, foundExternalID: String? = nil) {
            self.ticket = ticket
            self.result = result
            self.foundExternalID = foundExternalID
        }
    }

    /// A link that no row accounts for.
    package struct Extra: Sendable, Equatable {
        package var identityProviderID: String
        package var externalID: String
        package var linkedAccountID: String

        package init(identityProviderID: String, externalID: String, linkedAccountID: String) {
            self.identityProviderID = identityProviderID
            self.externalID = externalID
            self.linkedAccountID = linkedAccountID
        }
    }

    /// At least one.
    package var findings: [RowResult]
    package var extras: [Extra]

    package init(findings: [RowResult], extras: [Extra]) {
        precondition(!findings.isEmpty, "a user without rows was looked at")
        self.findings = findings
        self.extras = extras
    }
}

/// A verification that goes on.
package struct Verification: Sendable, Equatable {
    /// All linked rows of the environment.
    package var rows: Int
    /// How many of them an interrupted verification has looked at already.
    package var checked: Int
    /// Linked rows of other environments, which are left alone.
    package var elsewhere: Int
    /// Rows of the environment of which it is not known whether they are linked: they are not looked at.
    package var inDoubt: Int
    /// Users of the environment who are linked to more than one account at a provider.
    package var severalAccounts: Int

    package init(rows: Int, checked: Int, elsewhere: Int, inDoubt: Int = 0, severalAccounts: Int = 0) {
        self.rows = rows
        self.checked = checked
        self.elsewhere = elsewhere
        self.inDoubt = inDoubt
        self.severalAccounts = severalAccounts
    }
}

/// One line of a verification's result.
package struct VerifiedRow: Sendable, Equatable {
    /// Nil for a link that no row accounts for.
    package var line: Int?
    package var userID: String
    package var identityProviderID: String
    /// Nil for a link that no row accounts for.
    package var externalID: String?
    /// The ledger's, or of an extra link its own.
    package var linkedAccountID: String?
    package var result: CheckResult
    /// Of a `different` or `extra` link.
    package var foundExternalID: String?

    package init(
        line: Int? = nil,
        userID: String,
        identityProviderID: String,
        externalID: String? = nil,
        linkedAccountID: String? = nil,
        result: CheckResult,
        foundExternalID: String? = nil
    ) {
        self.line = line
        self.userID = userID
        self.identityProviderID = identityProviderID
        self.externalID = externalID
        self.linkedAccountID = linkedAccountID
        self.result = result
        self.foundExternalID = foundExternalID
    }
}

/// What the last verification of a ledger has shown.
package struct VerificationRecord: Sendable, Equatable {
    package var startedAt: Date
    /// Nil where it has not looked at every row.
    package var endedAt: Date?
    /// What was found; rows that were not looked at are missing.
    package var counts: [CheckResult: Int]
    /// Runs that have begun since: what it has shown may not be true any more.
    package var laterRuns: Int

    package init(startedAt: Date, endedAt: Date?, counts: [CheckResult: Int], laterRuns: Int = 0) {
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.counts = counts
        self.laterRuns = laterRuns
    }
}
