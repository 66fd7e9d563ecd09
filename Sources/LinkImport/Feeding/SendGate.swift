import Ledger

/// Decides which rows go to the workers: by what the ledger knows of them, by `--limit`, and the first one alone. Does
/// nothing itself.
struct SendGate: Sendable, Equatable {
    let policy: ResumePolicy
    /// `--limit`: how many rows are sent at most.
    let limit: Int?
    /// Whether a row is held back whose account another user has: where links are made, not where they go.
    let mindsRivals: Bool
    private(set) var sentRows = 0
    /// Whether there was a row to send when `limit` rows had been sent.
    private(set) var isLimitReached = false
    /// How many more rows of this batch may be sent.
    private var left = 0

    init(policy: ResumePolicy, limit: Int? = nil, mindsRivals: Bool = true) {
        self.policy = policy
        self.limit = limit
        self.mindsRivals = mindsRivals
    }

    /// How many more rows may be sent.
    var room: Int { limit.map { $0 - sentRows } ?? .max }

    /// To be called before the rows of a batch are admitted.
    mutating func beginBatch() {
        left = sentRows == 0 ? min(room, 1) : room
    }

    /// Whether a row of the batch is to be sent; it takes a place of those that there are.
    mutating func admits(_ content: UInt64, _ known: KnownLink?, _ rival: RivalClaim?) -> Bool {
        guard left > 0, wants(content, known, rival) else { return false }
        left -= 1
        return true
    }

    /// So many rows of the batch were admitted.
    mutating func sent(_ rows: Int) {
        sentRows += rows
    }

    /// Whether a row that was not admitted is to be sent later, when the first one is back. Where it would be sent if `--limit`
    /// were higher, that is noted.
    mutating func postpones(_ content: UInt64, _ known: KnownLink?, _ rival: RivalClaim?) -> Bool {
        guard wants(content, known, rival) else { return false }
        if room <= 0 { reachLimit() }
        return room > 0
    }

    /// Takes note of rows that would be sent and find no room.
    mutating func reachLimit() {
        isLimitReached = true
    }

    /// Whether a row is to be sent, as far as it depends on the row.
    private func wants(_ content: UInt64, _ known: KnownLink?, _ rival: RivalClaim?) -> Bool {
        (rival == nil || !mindsRivals) && policy.sends(content: content, known)
    }
}
