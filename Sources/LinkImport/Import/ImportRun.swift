import Ledger
package import LinkRows
import Locking
import Pacing
import PingOneAPI
package import PingOneClient

/// One run of the import, from the first record to the last result: the only place that knows all stages of the way.
package final class ImportRun: Sendable {
    let options: Options
    let input: InputFile
    /// Nil for a stream.
    let scan: InputScan?
    let store: ImportStore
    let session: APISession
    let report: @Sendable (RunEvent) -> Void
    let book: RunBook
    let watch: FailureWatch
    let tally = WorkTally()
    /// Rows that other processes have taken from the workers.
    let lost = HotMutex<[LinkJob]>([])

    var control: RunControl { session.control }

    /// `scan` is the first reading of the input, nil for a stream, which can be read only once; `store` a ledger that is
    /// open for writing, but for a dry run. `report` is called on any thread, also on several at once.
    package init(
        options: Options,
        input: InputFile,
        scan: InputScan?,
        store: ImportStore,
        session: APISession,
        report: @escaping @Sendable (RunEvent) -> Void
    ) {
        self.options = options
        self.input = input
        self.scan = scan
        self.store = store
        self.session = session
        self.report = report
        book = RunBook(report: report)
        watch = FailureWatch(
            options.kind == .unlinking ? .unlinking : .linking,
            breaker: options.breaker,
            control: session.control
        )
    }

    /// What is done so far; may be asked on any thread while the run goes on.
    package var counts: RunCounts {
        var counts = book.counts
        (counts.requests, counts.throttled) = session.requestCounts
        return counts
    }

    /// How far the workers are; may be asked on any thread while the run goes on.
    package var work: WorkCounts { tally.counts }

    /// Blocks until every row has its end.
    ///
    /// - Throws: `BrokenInput`, `NoIdentityProvider` for a stream's header, `InputError`, `LedgerError`: what keeps a
    ///   run from beginning. What stops it later is in the report.
    package func run() throws -> Report {
        let startedAt = session.time.now
        var stream = try RowStream(
            input,
            options: options.reading,
            claims: scan?.claims ?? ClaimCheck(),
            comparison: scan == nil ? .withEarlier : .withAll,
            unless: control.signal,
            expecting: scan?.fingerprint
        )
        let salt = try store.contentSalt()
        var resume = options.resume
        if resume.retried.contains(.missing) { resume.missing = try store.missingLinks() }
        if !options.isDryRun {
            book.keepFiles(
                rejects: options.rejectsPath,
                retry: options.retryPath,
                plan: stream.binder.plan,
                delimiter: stream.delimiter
            )
        }
        try begin()
        if let scan, scan.finishedBy != nil {
            stream.binder.prepareMappings(of: [])
            book.closeFinished(rows: scan.rows)
            store.ledger.map { PaceLog($0, session: session) }?.end()
            return finish(sha256: scan.sha256, hasReadAll: true, warnings: scan.warnings, startedAt: startedAt)
        }
        if let ledger = store.ledger { try session.begin(over: ledger) }
        let pace = store.ledger.map { PaceLog($0, session: session) }
        if options.isDryRun {
            preflight(scan?.identityProviders ?? [options.reading.identityProvider].compactMap(\.self))
        }
        stream.binder.prepareMappings(of: scan?.identityProviders ?? [])
        let hasReadAll = try feedWorkers(&stream, salt: salt, resume: resume)
        pace?.end()
        flushLedger()
        var warnings = stream.allWarnings(after: scan, of: input, rows: hasReadAll ? book.counts.rows : nil)
        if let other = otherAccounts() { warnings.append(other) }
        return finish(sha256: stream.sha256, hasReadAll: hasReadAll, warnings: warnings, startedAt: startedAt)
    }

    /// Tells the ledger that the run begins.
    private func begin() throws(LedgerError) {
        guard case .writing(let ledger) = store else { return }
        try ledger.beginRun(
            RunStart(
                options.kind,
                id: options.runID,
                source: input.name,
                inputName: options.inputName,
                part: options.part,
                place: session.place,
                rows: scan?.rows,
                sha256: scan?.sha256
            )
        )
        try ledger.beginReading()
    }
}
