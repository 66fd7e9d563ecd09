import Ledger
import LinkRows
import Pacing
import PingOneAPI
import PingOneClient

/// The reader's end of the pipeline: takes each row of the input once, asks the ledger about it, and either closes it or
/// hands it over to the workers, when its intent is durable.
///
/// Runs on one thread. After the run was stopped it reads on, so that every row is counted, but sends nothing.
struct Feeder: ~Copyable {
    /// What a feeder works with.
    struct Context {
        let keys: LedgerKeys
        let store: ImportStore
        let isDryRun: Bool
        let control: RunControl
        /// Whether the input can be read only once.
        let isStream: Bool
        let externalIDColumn: String
        /// How many rows are looked up and intended in one transaction at first.
        let batchSize: Int
        /// Hands a row to the workers; blocks while they are busy, and the first time until that row is back.
        let send: (LinkJob) -> Void
        /// Lets more rows wait for the workers from now on, if they have run out of them; says whether they have.
        let deepenIfIdle: () -> Bool
    }

    /// How many rows are looked up and intended in one transaction: few, for what is intended and not sent when the process
    /// dies must be read back, and more where a slow disk keeps the workers waiting, or nothing is to be sent.
    private var batchSize: Int
    private static let largestBatch = 256
    private let context: Context
    private var gate: SendGate
    private var names: NameResolver
    private var closer: RowCloser
    private var preflight: ProviderPreflight
    private var batch: [LinkRow] = []
    private var elsewhere = RowsElsewhere()

    init(
        _ context: Context,
        gate: SendGate,
        names: consuming NameResolver,
        closer: consuming RowCloser,
        preflight: ProviderPreflight
    ) {
        self.context = context
        batchSize = context.batchSize
        self.gate = gate
        self.names = names
        self.closer = closer
        self.preflight = preflight
    }

    /// Whether there was a row to send when `--limit` rows had been sent. The caller ends the run with that when the
    /// workers are done: the rows that they hold are within the limit.
    var isLimitReached: Bool { gate.isLimitReached }

    /// Reads to the end of the input; of a stream, to the end of the run.
    ///
    /// - Throws: `LedgerError`, `BrokenInput`, `InputError`; what was read before has been dealt with.
    mutating func feed(_ stream: inout RowStream) throws {
        do {
            while !(context.isStream && (context.control.signal.isRaised || isLimitReached)),
                let reading = try stream.next()
            {
                try take(reading)
                if batch.count >= batchSize || (context.isStream && stream.mayBlock) { try flush() }
                if elsewhere.areMany { try askAgain() }
            }
        } catch let error as LedgerError {
            throw error
        } catch {
            try flush()
            throw error
        }
        try flush()
    }

    private mutating func take(_ reading: RowStream.Reading) throws(LedgerError) {
        switch reading {
        case .fit(let row): batch.append(row)
        case .repetition(let row, let firstLine):
            guard context.isStream else { return closer.close(repetition: row) }
            // The first one's attributes are known to the ledger only.
            try flush()
            let known = try known(row.user, row.link.identityProviderID, row.link.externalID)
            guard let known, known.content != row.content(salt: context.keys.salt) else {
                return closer.close(repetition: row)
            }
            let rule = RowIssue.Rule.repeatedWithOtherAttributes(firstLine: firstLine)
            closer.refuse(row.record, RowIssue(line: row.line, column: nil, rule: rule), known: nil)
        case .unfit(let issue, let record, rival: nil):
            closer.refuse(record, issue, known: nil)
        case .unfit(let issue, let record, rival: .some(let target)):
            closer.hold(back: record, issue, try known(target.user, target.identityProviderID, target.externalID))
        }
        try closer.flush(atLeast: batchSize)
    }

    private func known(
        _ user: UserReference,
        _ identityProviderID: String,
        _ externalID: String
    ) throws(LedgerError) -> KnownLink? {
        try context.keys.lookUp(user, identityProviderID, externalID, in: context.store)
    }

    /// Deals with the rows of the batch; with those behind the first row that is sent, only when that one is back.
    private mutating func flush() throws(LedgerError) {
        while !batch.isEmpty {
            let rows = batch
            batch.removeAll(keepingCapacity: true)
            try send(resolve(rows))
        }
        try closer.flush()
    }

    /// Finds out whose accounts these are. Rows that name their users get their end here where they are finished or have
    /// nobody; those for which there is no room now are put back.
    private mutating func resolve(_ rows: [LinkRow]) throws(LedgerError) -> [ResolvedRow] {
        var resolved: [ResolvedRow] = []
        var named: [(row: LinkRow, name: UserName)] = []
        for row in rows {
            switch row.user {
            case .id(let id): resolved.append((row, context.keys.candidate(row, ofUser: id)))
            case .key(let name): named.append((row, name))
            }
        }
        if named.isEmpty { return resolved }
        let found = try names.resolve(named, gate: &gate, closer: &closer, preflight: &preflight)
        batch += found.later
        return resolved + found.resolved
    }

    private mutating func send(_ resolved: [ResolvedRow]) throws(LedgerError) {
        guard !resolved.isEmpty else { return }
        let candidates = resolved.map(\.candidate)
        guard case .writing(let ledger) = context.store, !context.isDryRun else { return try judgeDryly(resolved) }
        if !preflight.isDone {
            let known = try context.store.lookUp(candidates)
            guard zip(candidates, known).contains(where: { gate.policy.sends(content: $0.content, $1) }) else {
                for ((row, _), known) in zip(resolved, known) { closer.close(row, known) }
                return growBatch()
            }
        }
        preflight.look(before: resolved.lazy.map(\.row))
        let admissions = try admit(candidates, to: ledger)
        var later: [LinkRow] = []
        for ((row, candidate), admission) in zip(resolved, admissions) {
            if admission.isDeclined, !context.control.signal.isRaised,
                gate.postpones(candidate.content, admission.known, admission.rival)
            {
                later.append(row)
            } else {
                settle(row, candidate, admission)
            }
        }
        batch.insert(contentsOf: later, at: 0)
    }

    private mutating func admit(
        _ candidates: [Candidate],
        to ledger: any Ledger
    ) throws(LedgerError) -> [Admission] {
        var gate = gate
        gate.beginBatch()
        let signal = context.control.signal
        let admissions = try ledger.admit(candidates) { candidate, standing in
            !signal.isRaised && gate.admits(candidate.content, standing.known, standing.rival)
        }
        let sent = admissions.count { $0.ticket != nil }
        // That the workers have nothing to do behind the first one tells nothing.
        if sent == 0 || gate.sentRows > 1 && context.deepenIfIdle() { growBatch() }
        gate.sent(sent)
        self.gate = gate
        return admissions
    }

    private mutating func growBatch() {
        batchSize = max(batchSize, min(2 * batchSize, Self.largestBatch))
    }

    /// Gives a row what the ledger has said of it.
    private mutating func settle(
        _ row: LinkRow,
        _ candidate: Candidate,
        _ admission: Admission
    ) {
        if let ticket = admission.ticket {
            let wasLost = elsewhere.lostLines.contains(row.line)
            let userID = candidate.key.userID
            context.send(LinkJob(row: row, userID: userID, ticket: ticket, known: admission.known, wasLost: wasLost))
        } else if let holder = admission.elsewhere {
            elsewhere.add((row, candidate), holder)
        } else if admission.isDone {
            closer.close(row, admission.known)
        } else {
            close(row, candidate, admission.known, admission.rival)
        }
    }

    /// Asks again for the rows that other processes had in hand, until each has its end.
    ///
    /// - Parameters:
    ///   - lost: takes the rows that others have taken from the workers since.
    ///   - isIdle: whether the workers have none any more.
    ///   - pause: waits a moment, and tells what for where there are such rows.
    /// - Throws: `LedgerError`.
    mutating func finishElsewhere(
        lost: () -> [LinkJob],
        isIdle: () -> Bool,
        pause: (RowsElsewhere) -> Void
    ) throws(LedgerError) {
        while true {
            // The order matters: a row that is lost meanwhile is seen in the next round.
            let wasIdle = isIdle()
            for job in lost() { elsewhere.add(lost: (job.row, context.keys.candidate(job.row, ofUser: job.userID))) }
            if elsewhere.rows.isEmpty, wasIdle { return }
            if context.control.signal.isRaised || isLimitReached {
                for (row, _) in elsewhere.takeAll() { closer.close(row, nil) }
            } else {
                try askAgain()
            }
            pause(elsewhere)
        }
    }

    private mutating func askAgain() throws(LedgerError) {
        var rows = elsewhere.takeAll()[...]
        while !rows.isEmpty {
            let next = Array(rows.prefix(batchSize))
            rows = rows.dropFirst(next.count)
            try send(next)
            try flush()
        }
    }

    /// A row that is not sent: for its account is claimed for another user, or since it is as it should be.
    private mutating func close(
        _ row: LinkRow,
        _ candidate: Candidate,
        _ known: KnownLink?,
        _ rival: RivalClaim?
    ) {
        guard let rival, gate.mindsRivals, gate.policy.sends(content: candidate.content, known) else {
            return closer.close(row, known)
        }
        let rule = RowIssue.Rule.claimedInLedger(otherLine: rival.line, source: rival.source)
        closer.hold(back: row.record, RowIssue(line: row.line, column: context.externalIDColumn, rule: rule), known)
    }

    private mutating func judgeDryly(_ rows: [ResolvedRow]) throws(LedgerError) {
        let candidates = rows.map(\.candidate)
        let known = try context.store.lookUp(candidates)
        let rivals = try context.store.rivals(of: candidates)
        for (index, (row, candidate)) in rows.enumerated() {
            let sends = gate.policy.sends(content: candidate.content, known[index])
            if sends, gate.mindsRivals, rivals[index] != nil {
                close(row, candidate, known[index], rivals[index])
            } else {
                closer.close(row, sends ? nil : known[index])
            }
        }
    }
}
