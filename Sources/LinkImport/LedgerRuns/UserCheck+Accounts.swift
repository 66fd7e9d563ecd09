import Ledger
import PingOneAPI

extension UserCheck {
    /// Compares what the ledger says of a user with the links that PingOne has.
    ///
    /// A row whose account is not linked is `different` as long as there is a link to its provider that no other row
    /// accounts for, else `missing`. What is left of such links is `extra`. Links to providers to which the ledger has
    /// not linked the user are nobody's business here.
    ///
    /// - Parameters:
    ///   - rows: all linked rows of one user, at least one.
    ///   - accounts: all of the user's links.
    init(rows: [ResultRow], accounts: [LinkedAccount]) {
        var strangers = accounts.filter { account in
            rows.contains { $0.isAt(account.identityProviderID) } && !rows.contains { $0.accounts(for: account) }
        }
        let findings = rows.compactMap { row -> RowResult? in
            guard let ticket = row.ticket else { return nil }
            if accounts.contains(where: row.accounts(for:)) { return RowResult(ticket: ticket, result: .match) }
            guard let other = strangers.firstIndex(where: { row.isAt($0.identityProviderID) }) else {
                return RowResult(ticket: ticket, result: .missing)
            }
            let found = strangers.remove(at: other).externalID
            return RowResult(ticket: ticket, result: .different, foundExternalID: found)
        }
        let extras = strangers.map { account in
            Extra(
                identityProviderID: account.identityProviderID,
                externalID: account.externalID,
                linkedAccountID: account.id
            )
        }
        self.init(findings: findings, extras: extras)
    }

    /// Whether the user has just the links that the ledger says.
    var isMatch: Bool { extras.isEmpty && findings.allSatisfy { $0.result == .match } }
}

extension ResultRow {
    fileprivate func isAt(_ provider: String) -> Bool {
        identityProviderID?.lowercased() == provider.lowercased()
    }

    fileprivate func accounts(for account: LinkedAccount) -> Bool {
        guard let identityProviderID, let externalID else { return false }
        return account.links(identityProvider: identityProviderID, externalID: externalID)
    }
}
