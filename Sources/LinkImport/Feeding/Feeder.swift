import CSVReading
import Dispatch
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
        let policy: ResumePolicy
        /// `--limit`: how many rows are sent at most.
        let limit: Int?
        let isDryRun: Bool
        /// Whether a row is held back whose account another user has: where links are made, not where they go.
        let mindsRivals: Bool
        let book: RunBook
        let control: RunControl
        /// Whether the input can be read only once.
        let isStream: Bool
        /// The header's name of the column that says whose account it is.
        let userColumn: String
        let externalIDColumn: String
        /// Whose account a record is about that is not fit, as far as that can be read.
        let readableIDs: (CSVRecord) -> (userID: String?, identityProviderID: String?, externalID: String?)
        /// Hands a row to the workers; blocks while they are busy.
        let send: (LinkJob) -> Void
        /// Lets more rows wait for the workers from now on, if they have run out of them; says whether they have.
        let deepenIfIdle: () -> Bool
    }

    /// How many rows are looked up and intended in one transaction: few, for what is intended and not sent when the process
    /// dies must be read back, and more where a slow disk keeps the workers waiting.
    private var batchSize: Int
    private static let largestBatch = 256
    private let context: Context

    /// Whether there was a row to send when `limit` rows had been sent. The caller ends the run with that when the
    /// workers are done: the rows that they hold are within the limit.
    private(set) var isLimitReached = false
    private var users: UserLookup
    private var preflight: ProviderPreflight
    private var isCanaryDone = false
    private var sentRows = 0
    private var batch: [LinkRow] = []
    private var invalid: [InvalidRow] = []
    private var elsewhere = RowsElsewhere()

    init(
        _ context: Context,
        batchSize: Int,
        users: consuming UserLookup,
        preflight: ProviderPreflight
    ) {
        self.context = context
        self.batchSize = batchSize
        self.users = users
        self.preflight = preflight
    }

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
            guard context.isStream else {
                context.book.closeRepetition()
                return
            }
            // The first one's attributes are known to the ledger only.
            try flush()
            let known = try context.keys.lookUp(
                row.user,
                row.link.identityProviderID,
                row.link.externalID,
                in: context.store
            )
            if let known, known.content != row.content(salt: context.keys.salt) {
                let rule = RowIssue.Rule.repeatedWithOtherAttributes(firstLine: firstLine)
                try refuse(row.record, RowIssue(line: row.line, column: nil, rule: rule), known: nil)
            } else {
                context.book.closeRepetition()
            }
        case .unfit(let issue, let record, rival: nil):
            try refuse(record, issue, known: nil)
        case .unfit(let issue, let record, rival: .some(let target)):
            let known = try context.keys.lookUp(
                target.user,
                target.identityProviderID,
                target.externalID,
                in: context.store
            )
            try hold(back: record, issue, known)
        }
    }

    /// A row that may not be sent now. What an earlier run did to it stays true all the same.
    private mutating func hold(back record: CSVRecord, _ issue: RowIssue, _ known: KnownLink?) throws(LedgerError) {
        switch known?.state {
        case .linked, .alreadyLinked: context.book.closeFinished()
        case _ where known?.doubt != nil:
            // It may be linked, whatever is wrong with it now.
            if let known { context.store.noteSeen(known) }
            context.book.closeUnsettled(record, issue)
        default: try refuse(record, issue, known: known)
        }
    }

    private mutating func refuse(_ record: CSVRecord, _ issue: RowIssue, known: KnownLink?) throws(LedgerError) {
        var content = StableHash(salt: context.keys.salt)
        for field in 0..<record.fieldCount { content.combine(record.text(field)) }
        let ids = context.readableIDs(record)
        invalid.append(
            InvalidRow(
                line: record.line,
                content: content.finalize(),
                errorCode: issue.code,
                errorDetail: issue.problem,
                errorFact: issue.fact,
                errorColumn: issue.column,
                environment: context.keys.environment,
                userID: ids.userID,
                identityProviderID: ids.identityProviderID,
                externalID: ids.externalID,
                replacing: known
            )
        )
        context.book.close(record, invalid: issue)
        if invalid.count >= batchSize { try flushInvalid() }
    }

    private mutating func flushInvalid() throws(LedgerError) {
        if !invalid.isEmpty { try context.store.recordInvalid(invalid) }
        invalid.removeAll(keepingCapacity: true)
    }

    private mutating func flush() throws(LedgerError) {
        while !batch.isEmpty { try sendBatch() }
        try flushInvalid()
    }

    /// Deals with the rows of the batch; with those behind the first row that is sent, only when that one is back.
    private mutating func sendBatch() throws(LedgerError) {
        let rows = batch
        batch.removeAll(keepingCapacity: true)
        try send(resolve(rows))
    }

    private mutating func send(_ resolved: [ResolvedRow]) throws(LedgerError) {
        guard !resolved.isEmpty else { return }
        let candidates = resolved.map(\.candidate)
        guard case .writing(let ledger) = context.store, !context.isDryRun else {
            try judgeDryly(resolved)
            return
        }
        if !preflight.isDone {
            let known = try context.store.lookUp(candidates)
            guard zip(candidates, known).contains(where: { context.policy.sends(content: $0.content, $1) }) else {
                for ((row, _), known) in zip(resolved, known) { close(row, known) }
                return
            }
        }
        preflight.look(before: resolved.lazy.map(\.row))
        // The first row is sent alone.
        let most = isCanaryDone ? room : min(room, 1)
        var sends = 0
        let admissions = try ledger.admit(candidates) { candidate, standing in
            guard sends < most, isToBeSent(candidate, standing.known, standing.rival) else { return false }
            sends += 1
            return true
        }
        // That the workers have nothing to do behind the first one tells nothing.
        if sentRows > 1, context.deepenIfIdle() { batchSize = max(batchSize, min(2 * batchSize, Self.largestBatch)) }
        sentRows += admissions.count { $0.ticket != nil }
        var later: [LinkRow] = []
        for ((row, candidate), admission) in zip(resolved, admissions) {
            if admission.ticket == nil, admission.isUndecided, isToBeSent(candidate, admission.known, admission.rival) {
                if room > 0 {
                    later.append(row)
                    continue
                }
                isLimitReached = true
            }
            try settle(row, candidate, admission)
        }
        batch.insert(contentsOf: later, at: 0)
    }

    /// Whether a row goes to the workers, as far as it depends on the row.
    private func isToBeSent(_ candidate: Candidate, _ known: KnownLink?, _ rival: RivalClaim?) -> Bool {
        (rival == nil || !context.mindsRivals) && context.policy.sends(content: candidate.content, known)
            && !context.control.signal.isRaised
    }

    /// Gives a row what the ledger has said of it.
    private mutating func settle(
        _ row: LinkRow,
        _ candidate: Candidate,
        _ admission: Admission
    ) throws(LedgerError) {
        if let ticket = admission.ticket {
            let wasLost = elsewhere.lostLines.contains(row.line)
            let userID = candidate.key.userID
            hand(over: LinkJob(row: row, userID: userID, ticket: ticket, known: admission.known, wasLost: wasLost))
        } else if let holder = admission.elsewhere {
            elsewhere.add((row, candidate), holder)
        } else if admission.isDone {
            close(row, admission.known)
        } else {
            try close(row, candidate, admission.known, admission.rival)
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
                for (row, _) in elsewhere.takeAll() { close(row, nil) }
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
    ) throws(LedgerError) {
        guard let rival, context.mindsRivals, context.policy.sends(content: candidate.content, known) else {
            close(row, known)
            return
        }
        let rule = RowIssue.Rule.claimedInLedger(otherLine: rival.line, source: rival.source)
        try hold(back: row.record, RowIssue(line: row.line, column: context.externalIDColumn, rule: rule), known)
    }

    /// How many more rows may be sent.
    private var room: Int { context.limit.map { $0 - sentRows } ?? .max }

    /// Finds out whose accounts these are. Rows that are finished need no look-up; they, and rows without a user, get
    /// their end here.
    private mutating func resolve(_ rows: [LinkRow]) throws(LedgerError) -> [ResolvedRow] {
        var resolved: [ResolvedRow] = []
        var named: [NamedRow] = []
        for row in rows {
            switch row.user {
            case .id(let id): resolved.append((row, context.keys.candidate(row, ofUser: id)))
            case .key(let name): named.append(NamedRow(row: row, name: name))
            }
        }
        if named.isEmpty { return resolved }
        let open = within(limit: try unfinished(named))
        if open.isEmpty { return resolved }
        if !context.isDryRun { preflight.look(before: open.lazy.map(\.row)) }
        for (open, finding) in zip(open, users.find(open.map(\.name))) {
            switch finding {
            case .user(let id): resolved.append((open.row, context.keys.candidate(open.row, ofUser: id)))
            case .nobody(let miss):
                let issue = RowIssue(line: open.row.line, column: context.userColumn, rule: RowIssue.Rule(miss))
                try hold(back: open.row.record, issue, open.known)
            case nil: close(open.row, context.isDryRun ? nil : open.known)
            }
        }
        return resolved
    }

    /// A row that names its user otherwise than by the id.
    private struct NamedRow {
        var row: LinkRow
        var name: UserName
        var known: KnownLink?
    }

    private func unfinished(_ rows: [NamedRow]) throws(LedgerError) -> [NamedRow] {
        let known = try context.store.lookUp(
            rows.map { context.keys.alias($0.name, $0.row.link.identityProviderID, $0.row.link.externalID) }
        )
        return zip(rows, known).compactMap { row, known in
            guard context.policy.sends(content: row.row.content(salt: context.keys.salt), known) else {
                close(row.row, known)
                return nil
            }
            return NamedRow(row: row.row, name: row.name, known: known)
        }
    }

    /// The rows that may still be sent, if all of their users are found: nobody else is looked up. The others are put
    /// back for as long as there is room.
    private mutating func within(limit rows: [NamedRow]) -> [NamedRow] {
        let room = room
        guard !context.isDryRun, rows.count > room else { return rows }
        if room > 0 {
            batch = rows.dropFirst(room).map(\.row)
        } else {
            isLimitReached = true
            for row in rows { close(row.row, row.known) }
        }
        return Array(rows.prefix(room))
    }

    private mutating func hand(over job: LinkJob) {
        guard !isCanaryDone else {
            context.send(job)
            return
        }
        isCanaryDone = true
        var job = job
        let canary = DispatchSemaphore(value: 0)
        job.canary = canary
        context.send(job)
        canary.wait()
    }

    private mutating func judgeDryly(_ rows: [ResolvedRow]) throws(LedgerError) {
        let candidates = rows.map(\.candidate)
        let known = try context.store.lookUp(candidates)
        let rivals = try context.store.rivals(of: candidates)
        for (index, (row, candidate)) in rows.enumerated() {
            let sends = context.policy.sends(content: candidate.content, known[index])
            if sends, context.mindsRivals, rivals[index] != nil {
                try close(row, candidate, known[index], rivals[index])
            } else {
                close(row, sends ? nil : known[index])
            }
        }
    }

    private func close(_ row: LinkRow, _ known: KnownLink?) {
        if let known, known.isOfThisRun, known.state == .intended {
            context.book.closeRepetition()
        } else {
            if let known { context.store.noteSeen(known) }
            context.book.close(row, as: known?.state, problem: known.map { RowProblem($0) } ?? RowProblem())
        }
    }
}
