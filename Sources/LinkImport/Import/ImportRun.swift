import CSVReading
import Dispatch
import Ledger
package import LinkRows
import Locking
import Pacing
import PingOneAPI
package import PingOneClient

/// One run of the import, from the first record to the last result: the only place that knows all stages of the way.
package final class ImportRun: Sendable {
    private let options: Options
    private let input: InputFile
    /// Nil for a stream.
    private let scan: InputScan?
    private let store: ImportStore
    private let session: APISession
    private let report: @Sendable (RunEvent) -> Void
    private let book: RunBook
    private let watch: FailureWatch
    private let tally = WorkTally()
    /// Rows that other processes have taken from the workers.
    private let lost = HotMutex<[LinkJob]>([])

    private var control: RunControl { session.control }

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
            options.kind == .unlinking ? .removing : .linking,
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
        if case .writing(let ledger) = store {
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
        if let scan, scan.finishedBy != nil {
            stream.binder.prepareMappings(of: [])
            book.closeFinished(rows: scan.rows)
            store.ledger.map { PaceLog($0, session: session) }?.end()
            return finish(sha256: scan.sha256, hasReadAll: true, warnings: scan.warnings, startedAt: startedAt)
        }
        if let ledger = store.ledger { try session.warmUp(from: ledger) }
        let pace = store.ledger.map { PaceLog($0, session: session) }
        if options.isDryRun {
            preflight(scan?.identityProviders ?? [options.reading.identityProvider].compactMap(\.self))
        }
        stream.binder.prepareMappings(of: scan?.identityProviders ?? [])
        let workers = WorkerPool(workers: options.concurrency, session: session, report: report)
        let unlinking = options.kind == .unlinking ? Unlinking(store.ledger, session: session, close: close) : nil
        let plan = stream.binder.plan
        let context = Feeder.Context(
            keys: LedgerKeys(environment: session.calls.environment, salt: salt),
            store: store,
            policy: resume,
            limit: options.limit,
            isDryRun: options.isDryRun,
            mindsRivals: options.kind == .linking,
            book: book,
            control: control,
            isStream: scan == nil,
            userColumn: plan.shownNames[plan.userIDColumn],
            externalIDColumn: plan.shownNames[plan.externalIDColumn],
            readableIDs: stream.binder.readableIDs,
            send: { [self] job in
                tally.giveOut()
                if let unlinking {
                    unlinking.submit(job, to: workers)
                } else {
                    workers.submit { self.deliver(job, $0) }
                }
            },
            deepenIfIdle: workers.deepenIfIdle
        )
        var feeder = Feeder(
            context,
            batchSize: max(16, 2 * options.concurrency),
            users: UserLookup(workers: workers, session: session, watch: watch, indexing: try indexing()),
            preflight: ProviderPreflight(scanned: scan?.identityProviders, check: preflight)
        )
        var end: RunStop?
        var hasReadAll = false
        do {
            try feeder.feed(&stream)
            // A stream is read no further when the run has ended, and has no digest then.
            hasReadAll = scan != nil || stream.sha256 != nil
        } catch let error as LedgerError {
            control.stop(.ledger(error))
        } catch let error as BrokenInput {
            end = .brokenInput(broken(error))
        } catch {
            end = .unreadableInput(String(describing: error))
        }
        if store.ledger?.isShared == true {
            do throws(LedgerError) {
                try finishElsewhere(&feeder, unlinking, workers)
            } catch {
                control.stop(.ledger(error))
            }
        }
        unlinking?.finish(with: workers)
        workers.finish()
        if feeder.isLimitReached { end = end ?? options.limit.map { .limit($0) } }
        // Not before: the rows that the workers still held came before the end and are to be sent.
        if let end { control.stop(end) }
        pace?.end()
        var warnings = stream.allWarnings(after: scan, of: input, rows: book.counts.rows)
        if let other = otherAccounts() { warnings.append(other) }
        return finish(sha256: stream.sha256, hasReadAll: hasReadAll, warnings: warnings, startedAt: startedAt)
    }

    /// Waits for the rows that other processes have in hand, and takes over those of processes that are gone.
    private func finishElsewhere(
        _ feeder: inout Feeder,
        _ unlinking: Unlinking?,
        _ workers: WorkerPool
    ) throws(LedgerError) {
        var nextWord = session.time.now
        defer { tally.wait(for: nil) }
        try feeder.finishElsewhere(
            lost: {
                lost.withLock { jobs in
                    defer { jobs = [] }
                    return jobs
                }
            },
            isIdle: {
                unlinking?.finish(with: workers)
                return tally.counts.waiting == 0
            },
            pause: { rows in
                let now = session.time.now
                tally.wait(for: rows.awaited)
                if let awaited = rows.awaited, now >= nextWord {
                    report(.notice("Waiting for \(awaited.text)."))
                    nextWord = now + .seconds(10)
                }
                session.time.wait(until: now + .milliseconds(250), unless: control.signal)
            }
        )
    }

    /// Nil where rows have the users' ids.
    private func indexing() throws(LedgerError) -> UserIndexing? {
        guard let key = options.reading.userKey else { return nil }
        var names = scan?.rows
        if let rows = names, options.part == .whole {
            let environment = session.calls.environment
            names = max(0, rows - (try store.linkedRows(ofInput: options.inputName, environment: environment)))
        }
        let limit = options.isDryRun ? nil : options.limit
        return UserIndexing(
            choice: options.userIndex,
            key: key,
            names: names.map { min($0, limit ?? .max) },
            session: session,
            report: report
        )
    }

    /// Users whom this run has linked to another account than an earlier one did.
    private func otherAccounts() -> InputWarning? {
        guard options.kind == .linking, case .writing(let ledger) = store, control.reason == nil else { return nil }
        do throws(LedgerError) {
            try ledger.flush()
            let counts = book.counts
            guard counts.linked + counts.alreadyLinked > 0 else { return nil }
            let (count, firstLine) = try ledger.otherAccounts()
            return count > 0 ? InputWarning(.otherAccounts, count: count, firstLine: firstLine) : nil
        } catch {
            control.stop(.ledger(error))
            return nil
        }
    }

    private func broken(_ error: BrokenInput) -> String {
        "\(error.description)\nThe rows before this place have been sent; the ledger knows them."
    }

    private func preflight(_ identityProviders: [String]) {
        let preflight = Preflight(caller: session.makeCaller(), session: session)
        for warning in preflight.check(identityProviders: identityProviders) { report(.warning(warning)) }
    }

    private func deliver(_ job: LinkJob, _ caller: APICaller) {
        defer { job.canary?.signal() }
        caller.obey(writtenLedger, for: job.ticket)
        let delivery = LinkDelivery(caller: caller, session: session, runID: options.runID)
        let doubt = job.known.flatMap(options.resume.doubt) ?? (job.wasLost ? .linking : nil)
        let outcome = delivery.deliver(job.row, ofUser: job.userID, after: doubt)
        guard outcome == .undoing(.undone), options.resume.retried.contains(.undone) else {
            close(job, as: outcome)
            return
        }
        do throws(LedgerError) { try writtenLedger.forgetUndoing(job.ticket) } catch { control.stop(.ledger(error)) }
        var undone = job
        undone.known?.state = .undone
        close(undone, as: delivery.deliver(job.row, ofUser: job.userID))
    }

    private var writtenLedger: any Ledger {
        guard case .writing(let ledger) = store else { preconditionFailure("a dry run has sent a row") }
        return ledger
    }

    @Sendable private func close(_ job: LinkJob, as outcome: DeliveryOutcome) {
        let ledger = writtenLedger
        let isCutOff = isCutOff(job, outcome)
        switch outcome {
        case .settled(let end):
            let settlement = end.cutShort(isCutOff || control.signal.isRaised)
            if !isCutOff {
                watch.note(
                    FailureWatch.Failure(settlement),
                    identityProviderID: options.kind == .linking ? job.row.link.identityProviderID : nil,
                    isCanary: job.canary != nil
                )
            }
            let problem = RowProblem(settlement)
            let completion = completing(job, problem, isCutOff: isCutOff) { $0.close(job.row, with: settlement) }
            ledger.record(settlement, for: job.ticket, completion: completion)
        case .undoing(let outcome):
            // Whatever became of it, the row still belongs to the run that has linked it.
            let state = outcome == .undone ? LinkState.undone : .linked
            let completion = completing(job, RowProblem()) { $0.close(job.row, as: state, problem: RowProblem()) }
            ledger.withdraw(job.ticket, restoring: job.known)
            ledger.endUndoing(job.ticket, as: outcome, completion: completion)
        case .withdrawn where job.wasLost:
            // This process may have sent it, and the ledger may have forgotten that.
            let settlement = Settlement(.unsettled, .stoppedBeforeReadBack, .linking)
            let completion = completing(job, .stoppedBeforeReadBack, isCutOff: isCutOff) {
                $0.close(job.row, with: settlement)
            }
            ledger.record(settlement, for: job.ticket, completion: completion)
        case .withdrawn:
            let problem = job.known.map { RowProblem($0) } ?? RowProblem()
            // This process has not sent it, whether or not the ledger can take the intent back.
            let completion = completing(job, problem, otherwise: job.known?.state, isCutOff: isCutOff) {
                $0.close(job.row, as: job.known?.state, problem: problem)
            }
            ledger.withdraw(job.ticket, restoring: job.known, completion: completion)
        }
    }

    /// Whether the row has no end since its requests were not permitted any more: this process seemed to be gone.
    private func isCutOff(_ job: LinkJob, _ outcome: DeliveryOutcome) -> Bool {
        guard !control.signal.isRaised, writtenLedger.permission(for: job.ticket) == .refused else { return false }
        switch outcome {
        case .withdrawn: return true
        case .settled(let settlement): return [.unsettled, .failed].contains(settlement.state)
        case .undoing: return false
        }
    }

    /// What to do when the outcome of a row is durable, or cannot be.
    ///
    /// `isCutOff`: whether the row is to be asked for once more. `lostState`: what it counts as when it cannot be. The ledger still says that it was about to be sent, and so
    /// that is what a row counts as that may have been sent.
    private func completing(
        _ job: LinkJob,
        _ problem: RowProblem,
        otherwise lostState: LinkState? = .intended,
        isCutOff: Bool = false,
        _ close: @escaping @Sendable (RunBook) -> Void
    ) -> RecordCompletion {
        { [book, control, tally, lost] result in
            defer { tally.end() }
            switch result {
            case .success(.kept) where !isCutOff: close(book)
            case .success: lost.withLock { $0.append(job) }
            case .failure(let error):
                control.stop(.ledger(error))
                book.close(job.row, as: lostState, problem: problem)
            }
        }
    }

    private func finish(
        sha256: String?,
        hasReadAll: Bool,
        warnings: [InputWarning],
        startedAt: ContinuousClock.Instant
    ) -> Report {
        if case .writing(let ledger) = store {
            do throws(LedgerError) { try ledger.flush() } catch { control.stop(.ledger(error)) }
        }
        // After a failed write the rest of the input was not read: the files would not have all of its rows.
        let isWhole = control.reason?.isTheLedgers != true
        let files = isWhole ? book.finishFiles() : book.abandonFiles()
        var result = Report(
            runID: options.runID,
            kind: options.kind,
            counts: counts,
            stop: control.reason,
            rejectsPath: files.rejects > 0 ? options.rejectsPath : nil,
            retryPath: files.retry > 0 ? options.retryPath : nil,
            resultFileError: files.error,
            duration: startedAt.duration(to: session.time.now),
            warnings: warnings
        )
        if let missing = scan.map({ $0.rows - result.counts.rows }), missing > 0 {
            result.counts.rows += missing
            result.counts.unsent += missing
        }
        if case .writing(let ledger) = store {
            let isFinished = scan?.isFinished(after: result, userKey: options.reading.userKey, sha256: sha256) == true
            do throws(LedgerError) {
                try ledger.endRun(
                    RunEnd(
                        rows: result.counts.rows,
                        sha256: sha256,
                        exitCode: Int(result.exitCode),
                        stoppedBy: result.stop?.name
                            ?? (result.inputHasGrown ? InputWarning.Kind.grownInput.rawValue : nil),
                        counts: hasReadAll && isWhole ? result.counts.ofInput : nil,
                        warnings: warnings.map(\.forLedger),
                        fingerprint: isFinished
                            ? options.fingerprint(environment: session.calls.environment, salt: ledger.contentSalt)
                            : nil
                    )
                )
            } catch {
                result.stop = result.stop ?? .ledger(error)
            }
        }
        return result
    }
}
