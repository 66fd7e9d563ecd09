import Ledger
import LinkRows
import Locking
import Pacing
import PingOneAPI
import PingOneClient

extension ImportRun {
    func deliver(_ job: LinkJob, _ caller: APICaller, isCanary: Bool) {
        var job = job
        job.isCanary = isCanary
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

    @Sendable func close(_ job: LinkJob, as outcome: DeliveryOutcome) {
        let ledger = writtenLedger
        let isCutOff = isCutOff(job, outcome)
        switch outcome {
        case .settled(let end):
            let settlement = end.cutShort(isCutOff || control.signal.isRaised)
            if !isCutOff {
                watch.note(
                    FailureWatch.Failure(settlement),
                    identityProviderID: options.kind == .linking ? job.row.link.identityProviderID : nil,
                    isCanary: job.isCanary
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
    /// `isCutOff`: whether the row is to be asked for once more. `lostState`: what it counts as when it cannot be. The ledger
    /// still says that it was about to be sent, and so that is what a row counts as that may have been sent.
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
}
