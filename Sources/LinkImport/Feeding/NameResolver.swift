import CSVReading
import Ledger
import LinkRows
import PingOneAPI
import PingOneClient

/// Finds out whose accounts the rows of a batch are: those that name their users otherwise than by the id.
struct NameResolver: ~Copyable {
    /// What is known of a row then.
    enum Finding {
        case resolved(ResolvedRow)
        /// There is no room for it now, and there may be.
        case later(LinkRow)
        /// There is no room for it any more.
        case overLimit(LinkRow, KnownLink?)
        /// It needs no look-up, or the run has ended before it had one.
        case closed(LinkRow, KnownLink?)
        /// It has nobody who may be linked to.
        case unfit(LinkRow, RowIssue, KnownLink?)
    }

    /// A row that names its user otherwise than by the id.
    private struct NamedRow {
        var row: LinkRow
        var name: UserName
        var known: KnownLink?
    }

    private let keys: LedgerKeys
    private let store: ImportStore
    private let policy: ResumePolicy
    private let isDryRun: Bool
    /// The header's name of the column that says whose account it is.
    private let userColumn: String
    private var users: UserLookup

    init(
        keys: LedgerKeys,
        store: ImportStore,
        policy: ResumePolicy,
        isDryRun: Bool,
        userColumn: String,
        users: consuming UserLookup
    ) {
        self.keys = keys
        self.store = store
        self.policy = policy
        self.isDryRun = isDryRun
        self.userColumn = userColumn
        self.users = users
    }

    /// Blocks while users are looked up: those of rows that may still be sent, if all of them are found, and no others.
    ///
    /// `room`: how many more rows may be sent. Rows with the user's id stand before all others in what is returned.
    mutating func resolve(
        _ rows: [LinkRow],
        room: Int,
        preflight: inout ProviderPreflight
    ) throws(LedgerError) -> [Finding] {
        var findings: [Finding] = []
        var named: [NamedRow] = []
        for row in rows {
            switch row.user {
            case .id(let id): findings.append(.resolved((row, keys.candidate(row, ofUser: id))))
            case .key(let name): named.append(NamedRow(row: row, name: name))
            }
        }
        if named.isEmpty { return findings }
        var open = try unfinished(named, &findings)
        if !isDryRun, open.count > room {
            findings += open.dropFirst(room).map { room > 0 ? .later($0.row) : .overLimit($0.row, $0.known) }
            open = Array(open.prefix(room))
        }
        if open.isEmpty { return findings }
        if !isDryRun { preflight.look(before: open.lazy.map(\.row)) }
        for (open, finding) in zip(open, users.find(open.map(\.name))) {
            switch finding {
            case .user(let id): findings.append(.resolved((open.row, keys.candidate(open.row, ofUser: id))))
            case .nobody(let miss):
                let issue = RowIssue(line: open.row.line, column: userColumn, rule: RowIssue.Rule(miss))
                findings.append(.unfit(open.row, issue, open.known))
            case nil: findings.append(.closed(open.row, isDryRun ? nil : open.known))
            }
        }
        return findings
    }

    private func unfinished(_ rows: [NamedRow], _ findings: inout [Finding]) throws(LedgerError) -> [NamedRow] {
        let known = try store.lookUp(
            rows.map { keys.alias($0.name, $0.row.link.identityProviderID, $0.row.link.externalID) }
        )
        var open: [NamedRow] = []
        for (row, known) in zip(rows, known) {
            if policy.sends(content: row.row.content(salt: keys.salt), known) {
                open.append(NamedRow(row: row.row, name: row.name, known: known))
            } else {
                findings.append(.closed(row.row, known))
            }
        }
        return open
    }
}
