import Ledger
import LinkRows
import PingOneAPI
import PingOneClient

/// Finds out whose accounts rows are that name their users otherwise than by the id.
struct NameResolver: ~Copyable {
    /// A row that names its user otherwise than by the id, and what the ledger knows of it.
    private typealias NamedRow = (row: LinkRow, name: UserName, known: KnownLink?)

    private let keys: LedgerKeys
    private let store: ImportStore
    private let isDryRun: Bool
    /// The header's name of the column that says whose account it is.
    private let userColumn: String
    private var users: UserLookup

    init(
        keys: LedgerKeys,
        store: ImportStore,
        isDryRun: Bool,
        userColumn: String,
        users: consuming UserLookup
    ) {
        self.keys = keys
        self.store = store
        self.isDryRun = isDryRun
        self.userColumn = userColumn
        self.users = users
    }

    /// Blocks while users are looked up: those of rows that may still be sent, if all of them are found, and no others. Rows
    /// that are finished, and rows without a user, get their end.
    ///
    /// - Returns: the rows whose users are known now, and those for which there is no room yet.
    mutating func resolve(
        _ rows: [(row: LinkRow, name: UserName)],
        gate: inout SendGate,
        closer: inout RowCloser,
        preflight: inout ProviderPreflight
    ) throws(LedgerError) -> (resolved: [ResolvedRow], later: [LinkRow]) {
        var open = try unfinished(rows, gate.policy, closer)
        var later: [LinkRow] = []
        if !isDryRun, open.count > gate.room {
            if gate.room > 0 {
                later = open.dropFirst(gate.room).map(\.row)
            } else {
                gate.reachLimit()
                for (row, _, known) in open { closer.close(row, known) }
            }
            open = Array(open.prefix(gate.room))
        }
        if open.isEmpty { return ([], later) }
        if !isDryRun { preflight.look(before: open.lazy.map(\.row)) }
        var resolved: [ResolvedRow] = []
        for ((row, _, known), finding) in zip(open, users.find(open.map(\.name))) {
            switch finding {
            case .user(let id): resolved.append((row, keys.candidate(row, ofUser: id)))
            case .nobody(let miss):
                let issue = RowIssue(line: row.line, column: userColumn, rule: RowIssue.Rule(miss))
                closer.hold(back: row.record, issue, known)
            case nil: closer.close(row, isDryRun ? nil : known)
            }
        }
        return (resolved, later)
    }

    private func unfinished(
        _ rows: [(row: LinkRow, name: UserName)],
        _ policy: ResumePolicy,
        _ closer: borrowing RowCloser
    ) throws(LedgerError) -> [NamedRow] {
        let known = try store.lookUp(
            rows.map { keys.alias($0.name, $0.row.link.identityProviderID, $0.row.link.externalID) }
        )
        var open: [NamedRow] = []
        for ((row, name), known) in zip(rows, known) {
            if policy.sends(content: row.content(salt: keys.salt), known) {
                open.append((row, name, known))
            } else {
                closer.close(row, known)
            }
        }
        return open
    }
}

extension RowIssue.Rule {
    fileprivate init(_ miss: UserMiss) {
        self =
            switch miss {
            case .noUser(let key): .noUserWithKey(key)
            case .severalUsers(let key): .severalUsersWithKey(key)
            case .anotherUser(let key): .lookUpFoundAnother(key)
            case .refused(let problem): .lookUpRefused(problem)
            case .failed(let problem): .lookUpFailed(reason: problem.reason)
            }
    }
}
