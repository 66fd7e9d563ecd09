import Ledger
import LinkRows
import Locking
import Pacing
import PingOneAPI
import PingOneClient

extension ImportRun {
    /// Brings every row of the input to its end.
    ///
    /// - Returns: whether all of the input was read. What has stopped the run is the control's reason.
    /// - Throws: `LedgerError`, before any row was read.
    func feedWorkers(_ stream: inout RowStream, salt: UInt64, resume: ResumePolicy) throws(LedgerError) -> Bool {
        let workers = WorkerPool(workers: options.concurrency, session: session, report: report)
        let unlinking =
            options.kind == .unlinking ? store.ledger.map { Unlinking($0, session: session, close: close) } : nil
        var feeder = try feeder(to: workers, unlinking, binder: stream.binder, salt: salt, resume: resume)
        var (hasReadAll, end) = feed(&feeder, &stream)
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
        return hasReadAll
    }

    /// `end`: why the input was not read to its end, where it is to blame.
    private func feed(_ feeder: inout Feeder, _ stream: inout RowStream) -> (hasReadAll: Bool, end: RunStop?) {
        do {
            try feeder.feed(&stream)
            // A stream is read no further when the run has ended, and has no digest then.
            return (scan != nil || stream.sha256 != nil, nil)
        } catch let error as LedgerError {
            control.stop(.ledger(error))
            return (false, nil)
        } catch let error as BrokenInput {
            return (false, .brokenInput(broken(error)))
        } catch {
            return (false, .unreadableInput(String(describing: error)))
        }
    }

    private func feeder(
        to workers: WorkerPool,
        _ unlinking: Unlinking?,
        binder: RowBinder,
        salt: UInt64,
        resume: ResumePolicy
    ) throws(LedgerError) -> Feeder {
        let keys = LedgerKeys(environment: session.calls.environment, salt: salt)
        let context = Feeder.Context(
            keys: keys,
            store: store,
            isDryRun: options.isDryRun,
            control: control,
            isStream: scan == nil,
            externalIDColumn: binder.plan.shownNames[binder.plan.externalIDColumn],
            batchSize: max(16, 2 * options.concurrency),
            send: { [self] job in
                tally.giveOut()
                if let unlinking {
                    unlinking.submit(job, to: workers)
                } else {
                    workers.submitRow { self.deliver(job, $0, isCanary: $1) }
                }
            },
            deepenIfIdle: workers.deepenIfIdle
        )
        return Feeder(
            context,
            gate: SendGate(policy: resume, limit: options.limit, mindsRivals: options.kind == .linking),
            names: NameResolver(
                keys: keys,
                store: store,
                isDryRun: options.isDryRun,
                userColumn: binder.plan.shownNames[binder.plan.userIDColumn],
                users: UserLookup(workers: workers, session: session, watch: watch, indexing: try indexing())
            ),
            closer: RowCloser(keys: keys, store: store, book: book, readableIDs: binder.readableIDs),
            preflight: ProviderPreflight(scanned: scan?.identityProviders, check: preflight)
        )
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

    func preflight(_ identityProviders: [String]) {
        let preflight = Preflight(caller: session.makeCaller(), session: session)
        for warning in preflight.check(identityProviders: identityProviders) { report(.warning(warning)) }
    }

    private func broken(_ error: BrokenInput) -> String {
        error.description
            + (options.isDryRun ? "" : "\nThe rows before this place have been sent; the ledger knows them.")
    }
}
