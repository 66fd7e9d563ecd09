import CSVReading
import Dispatch
package import HTTPTransport
import Ledger
import Pacing
import PingOneAPI

/// One run of the import, from the first record to the last result: the only place that knows all stages of the way.
package final class ImportRun: Sendable {
    private let options: Options
    private let input: InputFile
    /// Nil for a stream.
    private let scan: InputScan?
    private let store: ImportStore
    private let session: APISession
    private let makeTransport: @Sendable () throws -> any Transport
    private let report: @Sendable (RunEvent) -> Void
    private let book: RunBook
    private let watch: FailureWatch
    private let queue: BoundedQueue<LinkJob>

    private var control: RunControl { session.control }

    /// `scan` is the first reading of the input, nil for a stream, which can be read only once; `store` a ledger that is
    /// open for writing, but for a dry run. `makeTransport` is called once on each worker's thread, `report` on any
    /// thread, also on several at once.
    package init(
        options: Options,
        input: InputFile,
        scan: InputScan?,
        store: ImportStore,
        session: APISession,
        makeTransport: @escaping @Sendable () throws -> any Transport,
        report: @escaping @Sendable (RunEvent) -> Void
    ) {
        precondition((1...250).contains(options.concurrency), "\(options.concurrency) workers")
        self.options = options
        self.input = input
        self.scan = scan
        self.store = store
        self.session = session
        self.makeTransport = makeTransport
        self.report = report
        book = RunBook(report: report)
        watch = FailureWatch(breaker: options.breaker, control: session.control)
        queue = BoundedQueue(capacity: options.concurrency)
    }

    /// What is done so far; may be asked on any thread while the run goes on.
    package var counts: RunCounts {
        var counts = book.counts
        (counts.requests, counts.throttled) = session.requestCounts
        return counts
    }

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
            unless: control.signal
        )
        var feeder = try Feeder(
            batchSize: max(16, 2 * options.concurrency),
            environment: session.calls.environment,
            store: store,
            policy: options.resume,
            limit: options.limit,
            isDryRun: options.isDryRun,
            book: book,
            control: control,
            queue: queue,
            scannedProviders: scan?.identityProviders,
            preflight: preflight
        )
        if !options.isDryRun {
            book.keepFiles(
                rejects: options.rejectsPath,
                retry: options.retryPath,
                plan: stream.binder.plan,
                delimiter: options.reading.delimiter
            )
        }
        if case .writing(let ledger) = store {
            try ledger.beginRun(id: options.runID, source: input.name, inputName: options.inputName)
            try ledger.beginReading()
        }
        if options.isDryRun {
            preflight(scan?.identityProviders ?? [options.reading.identityProvider].compactMap(\.self))
        }
        let workers = startWorkers()
        var end: RunStop?
        do {
            try feeder.feed(&stream)
            end = feeder.isLimitReached ? options.limit.map { .limit($0) } : nil
        } catch let error as LedgerError {
            control.stop(.ledger(error))
        } catch let error as BrokenInput {
            end = .brokenInput(broken(error))
        } catch {
            end = .unreadableInput(String(describing: error))
        }
        queue.close(consumers: options.concurrency)
        workers.wait()
        // Not before: the rows that the workers still held came before the end and are to be sent.
        if let end { control.stop(end) }
        return finish(sha256: stream.sha256, startedAt: startedAt)
    }

    private func broken(_ error: BrokenInput) -> String {
        scan == nil
            ? "\(error.description)\nThe rows before this place have been sent; the ledger knows them."
            : "\(error.description)\nThe file was changed while it was read. Rows before this place have been sent."
    }

    private func preflight(_ identityProviders: [String]) {
        guard let transport = newTransport() else { return }
        let caller = APICaller(session: session, transport: transport)
        for warning in Preflight(caller: caller, session: session).check(identityProviders: identityProviders) {
            report(.warning(warning))
        }
    }

    private func newTransport() -> (any Transport)? {
        do {
            return try makeTransport()
        } catch {
            control.stop(.unreachable(reason: String(describing: error)))
            return nil
        }
    }

    /// One serial queue each: on Linux a concurrent queue would start one thread a second.
    private func startWorkers() -> DispatchGroup {
        let group = DispatchGroup()
        for number in 1...options.concurrency {
            DispatchQueue(label: "pinglink.worker.\(number)").async(group: group) { [self] in
                let delivery = newTransport().map { transport in
                    LinkDelivery(
                        caller: APICaller(session: session, transport: transport),
                        session: session,
                        runID: options.runID
                    )
                }
                while let job = queue.pop() {
                    let known = job.known
                    let isRefused = known?.state == .unsettled && known?.errorCode == RowProblem.refusedUnread
                    let outcome = delivery?.deliver(
                        job.row,
                        isInDoubt: known?.isInDoubt ?? false,
                        mayBeOurs: !isRefused
                    )
                    close(job, as: outcome ?? .withdrawn)
                    job.canary?.signal()
                }
            }
        }
        return group
    }

    private func close(_ job: LinkJob, as outcome: DeliveryOutcome) {
        guard case .writing(let ledger) = store else { preconditionFailure("a dry run has sent line \(job.row.line)") }
        switch outcome {
        case .settled(let settlement):
            watch.note(settlement, row: job.row, isCanary: job.canary != nil)
            ledger.record(settlement, for: job.ticket) { [book, control] result in
                switch result {
                case .success: book.close(job.row, with: settlement)
                case .failure(let error):
                    // The ledger still says that the row was about to be sent, so that is what it counts as.
                    control.stop(.ledger(error))
                    book.close(job.row, as: .intended, problem: RowProblem(settlement))
                }
            }
        case .withdrawn:
            ledger.withdraw(job.ticket, restoring: job.known) { [book, control] result in
                let problem = job.known.map { RowProblem($0) } ?? RowProblem()
                switch result {
                case .success: book.close(job.row, as: job.known?.state, problem: problem)
                case .failure(let error):
                    control.stop(.ledger(error))
                    book.close(job.row, as: .intended, problem: problem)
                }
            }
        }
    }

    private func finish(sha256: String?, startedAt: ContinuousClock.Instant) -> Report {
        if case .writing(let ledger) = store {
            do throws(LedgerError) { try ledger.flush() } catch { control.stop(.ledger(error)) }
        }
        // After a failed write the rest of the input was not read: the files would not have all of its rows.
        var isWhole = true
        if case .ledger = control.reason { isWhole = false }
        let files = isWhole ? book.finishFiles() : book.abandonFiles()
        if let scanned = scan?.sha256, let sha256, scanned != sha256 {
            report(.warning("\(input.name) was changed while it was read: check its rows and run again."))
        }
        var result = Report(
            runID: options.runID,
            counts: counts,
            stop: control.reason,
            rejectsPath: files.rejects > 0 ? options.rejectsPath : nil,
            retryPath: files.retry > 0 ? options.retryPath : nil,
            resultFileError: files.error,
            duration: startedAt.duration(to: session.time.now)
        )
        if let missing = scan.map({ $0.rows - result.counts.rows }), missing > 0 {
            result.counts.rows += missing
            result.counts.unsent += missing
        }
        if case .writing(let ledger) = store {
            do throws(LedgerError) {
                try ledger.endRun(
                    rows: result.counts.rows,
                    sha256: sha256,
                    exitCode: Int(result.exitCode),
                    stoppedBy: result.stop?.name
                )
                try ledger.close()
            } catch {
                result.stop = result.stop ?? .ledger(error)
            }
        } else if case .reading(let reader) = store {
            reader?.close()
        }
        return result
    }
}
