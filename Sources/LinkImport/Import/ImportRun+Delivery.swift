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
            let completion = completing(
                job,
                as: RowEnding(settlement),
                otherwise: .unsettled(RowProblem(settlement)),
                isCutOff: isCutOff
            )
            ledger.record(settlement, for: job.ticket, completion: completion)
        case .undoing(let outcome):
            // Whatever became of it, the row still belongs to the run that has linked it.
            let ending = RowEnding(earlier: outcome == .undone ? .undone : .linked)
            let completion = completing(job, as: ending, otherwise: .unsettled(RowProblem()))
            ledger.withdraw(job.ticket, restoring: job.known)
            ledger.endUndoing(job.ticket, as: outcome, completion: completion)
        case .withdrawn where job.wasLost:
            // This process may have sent it, and the ledger may have forgotten that.
            let ending = RowEnding.unsettled(.stoppedBeforeReadBack)
            let completion = completing(job, as: ending, otherwise: ending, isCutOff: isCutOff)
            ledger.record(
                Settlement(.unsettled, .stoppedBeforeReadBack, .linking),
                for: job.ticket,
                completion: completion
            )
        case .withdrawn:
            // This process has not sent it, whether or not the ledger can take the intent back.
            let ending = RowEnding(job.known)
            let completion = completing(job, as: ending, otherwise: ending, isCutOff: isCutOff)
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
    /// `lostEnding`: how the row ends when it cannot be; the ledger still says then that it was about to be sent.
    /// `isCutOff`: whether the row is to be asked for once more.
    private func completing(
        _ job: LinkJob,
        as ending: RowEnding,
        otherwise lostEnding: RowEnding,
        isCutOff: Bool = false
    ) -> RecordCompletion {
        { [book, control, tally, lost] result in
            defer { tally.end() }
            switch result {
            case .success(.kept) where !isCutOff: book.close(job.row.record, as: ending)
            case .success: lost.withLock { $0.append(job) }
            case .failure(let error):
                control.stop(.ledger(error))
                book.close(job.row.record, as: lostEnding)
            }
        }
    }
}
