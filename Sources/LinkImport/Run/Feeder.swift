import CSVReading
import Dispatch
import Ledger
import Pacing
import PingOneAPI

/// The reader's end of the pipeline: takes each row of the input once, asks the ledger about it, and either closes it or
/// hands it over to the workers, when its intent is durable.
///
/// Runs on one thread. After the run was stopped it reads on, so that every row is counted, but sends nothing.
struct Feeder: ~Copyable {
    /// How many rows are looked up and intended in one transaction.
    let batchSize: Int
    let environment: String
    let store: ImportStore
    let policy: ResumePolicy
    /// `--limit`: how many rows are sent at most.
    let limit: Int?
    let isDryRun: Bool
    let book: RunBook
    let control: RunControl
    /// The ledger's, for fingerprints.
    let salt: UInt64
    /// Looks at PingOne once, before the first row is sent; stops the run if that is pointless.
    let preflight: ([String]) -> Void
    /// Hands a row to the workers; blocks while they are busy.
    let send: (LinkJob) -> Void

    /// Whether there was a row to send when `limit` rows had been sent. The caller ends the run with that when the
    /// workers are done: the rows that they hold are within the limit.
    private(set) var isLimitReached = false
    /// The identity providers that the first reading of a file found.
    private let scannedProviders: [String]
    /// Whether the input can be read only once.
    private let isStream: Bool
    private var lookedUp: Set<UUIDText> = []
    private var isPreflightDone = false
    private var isCanaryDone = false
    private var sentRows = 0
    private var batch: [LinkRow] = []
    private var invalid: [InvalidRow] = []

    init(
        batchSize: Int,
        environment: String,
        store: ImportStore,
        policy: ResumePolicy,
        limit: Int?,
        isDryRun: Bool,
        book: RunBook,
        control: RunControl,
        scannedProviders: [String]?,
        salt: UInt64,
        preflight: @escaping ([String]) -> Void,
        send: @escaping (LinkJob) -> Void
    ) {
        self.batchSize = batchSize
        self.environment = environment
        self.store = store
        self.policy = policy
        self.limit = limit
        self.isDryRun = isDryRun
        self.book = book
        self.control = control
        self.scannedProviders = scannedProviders ?? []
        isStream = scannedProviders == nil
        self.preflight = preflight
        self.send = send
        self.salt = salt
    }

    /// Reads to the end of the input; of a stream, to the end of the run.
    ///
    /// - Throws: `LedgerError`, `BrokenInput`, `InputError`; what was read before has been dealt with.
    mutating func feed(_ stream: inout RowStream) throws {
        do {
            while !(isStream && (control.signal.isRaised || isLimitReached)), let reading = try stream.next() {
                try take(reading)
                if batch.count >= batchSize || (isStream && stream.mayBlock) { try flush() }
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
            guard isStream else {
                book.closeRepetition()
                return
            }
            // The first one's attributes are known to the ledger only.
            try flush()
            let candidate = candidate(row)
            if let known = try store.lookUp([candidate])[0], known.content != candidate.content {
                let rule = RowIssue.Rule.repeatedWithOtherAttributes(firstLine: firstLine)
                try refuse(row.record, RowIssue(line: row.line, column: nil, rule: rule), known: nil)
            } else {
                book.closeRepetition()
            }
        case .unfit(let issue, let record, rival: nil):
            try refuse(record, issue, known: nil)
        case .unfit(let issue, let record, rival: .some(let claim)):
            // What an earlier run did to it stays true, whatever the file says now.
            let known = try store.lookUp([candidate(claim, line: record.line)])[0]
            switch known?.state {
            case .linked, .alreadyLinked: book.closeRepetition()
            case .unsettled, .intended: book.closeUnsettled(record, issue)
            default: try refuse(record, issue, known: known)
            }
        }
    }

    private mutating func refuse(_ record: CSVRecord, _ issue: RowIssue, known: KnownLink?) throws(LedgerError) {
        var content = StableHash(salt: salt)
        for field in 0..<record.fieldCount { content.combine(record.text(field)) }
        invalid.append(
            InvalidRow(
                line: record.line,
                content: content.finalize(),
                errorCode: issue.code,
                errorDetail: issue.problem,
                environment: environment,
                replacing: known
            )
        )
        book.close(record, invalid: issue)
        if invalid.count >= batchSize { try flushInvalid() }
    }

    private mutating func flushInvalid() throws(LedgerError) {
        if !invalid.isEmpty { try store.recordInvalid(invalid) }
        invalid.removeAll(keepingCapacity: true)
    }

    private mutating func flush() throws(LedgerError) {
        try flushInvalid()
        while !batch.isEmpty { try sendBatch() }
    }

    /// Deals with the rows of the batch; with those behind the first row that is sent, only when that one is back.
    private mutating func sendBatch() throws(LedgerError) {
        let rows = batch
        batch.removeAll(keepingCapacity: true)
        let candidates = rows.map { candidate($0) }
        guard case .writing(let ledger) = store, !isDryRun else {
            try judgeDryly(rows, candidates)
            return
        }
        if !isCanaryDone {
            let known = try store.lookUp(candidates)
            guard zip(candidates, known).contains(where: { policy.sends($0, $1) }) else {
                for (row, known) in zip(rows, known) { close(row, known) }
                return
            }
        }
        if isStream || !isCanaryDone { lookUpProviders(of: rows) }
        var later: Set<Int> = []
        let canaryIsDone = isCanaryDone
        var sends = 0
        var isOverLimit = false
        let room = limit.map { $0 - sentRows } ?? Int.max
        var index = -1
        let admissions = try ledger.admit(candidates) { candidate, known in
            index += 1
            guard policy.sends(candidate, known), !control.signal.isRaised else { return false }
            if !canaryIsDone, sends == 1 {
                later.insert(index)
                return false
            }
            guard sends < room else {
                isOverLimit = true
                return false
            }
            sends += 1
            return true
        }
        sentRows += sends
        isLimitReached = isLimitReached || isOverLimit
        for (index, (row, admission)) in zip(rows, admissions).enumerated() {
            if later.contains(index) {
                batch.append(row)
            } else if let ticket = admission.ticket {
                hand(over: LinkJob(row: row, ticket: ticket, known: admission.known, canary: nil))
            } else {
                close(row, admission.known)
            }
        }
    }

    private mutating func hand(over job: LinkJob) {
        guard !isCanaryDone else {
            send(job)
            return
        }
        isCanaryDone = true
        var job = job
        let canary = DispatchSemaphore(value: 0)
        job.canary = canary
        send(job)
        canary.wait()
    }

    /// Before the first row, and on a stream before the first row of each further identity provider: whether PingOne
    /// knows it.
    private mutating func lookUpProviders(of rows: [LinkRow]) {
        var unknown = isPreflightDone ? [] : scannedProviders
        for row in rows where isStream && lookedUp.count < 100 {
            guard let provider = UUIDText(row.link.identityProviderID), lookedUp.insert(provider).inserted else {
                continue
            }
            unknown.append(row.link.identityProviderID)
        }
        if isPreflightDone, unknown.isEmpty { return }
        isPreflightDone = true
        preflight(unknown)
    }

    private mutating func judgeDryly(_ rows: [LinkRow], _ candidates: [Candidate]) throws(LedgerError) {
        let known = try store.lookUp(candidates)
        for (index, row) in rows.enumerated() {
            close(row, policy.sends(candidates[index], known[index]) ? nil : known[index])
        }
    }

    private func close(_ row: LinkRow, _ known: KnownLink?) {
        if let known, known.isOfThisRun, known.state == .intended {
            book.closeRepetition()
        } else {
            book.close(row, as: known?.state, problem: known.map { RowProblem($0) } ?? RowProblem())
        }
    }

    private func candidate(_ row: LinkRow) -> Candidate {
        Candidate(
            key: LinkKey(
                environment: environment,
                userID: row.userID,
                identityProviderID: row.link.identityProviderID,
                externalID: row.link.externalID
            ),
            line: row.line,
            content: row.content(salt: salt)
        )
    }

    private func candidate(_ claim: RowBinder.Claim, line: Int) -> Candidate {
        Candidate(
            key: LinkKey(
                environment: environment,
                userID: claim.userID,
                identityProviderID: claim.identityProviderID,
                externalID: claim.externalID
            ),
            line: line,
            content: 0
        )
    }
}
