import Ledger
import LinkRows
import Pacing
import PingOneAPI
import PingOneClient

extension ImportRun {
    /// Waits until every row that was sent is counted.
    func flushLedger() {
        guard case .writing(let ledger) = store else { return }
        do throws(LedgerError) { try ledger.flush() } catch { control.stop(.ledger(error)) }
    }

    func finish(
        sha256: String?,
        hasReadAll: Bool,
        warnings: [InputWarning],
        startedAt: ContinuousClock.Instant
    ) -> Report {
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
        let failure = endInLedger(result, sha256: sha256, hasReadAll: hasReadAll && isWhole)
        result.stop = result.stop ?? failure
        return result
    }

    /// Tells the ledger how the run ended; says what kept it from that.
    private func endInLedger(_ result: Report, sha256: String?, hasReadAll: Bool) -> RunStop? {
        guard case .writing(let ledger) = store else { return nil }
        let isFinished = scan?.isFinished(after: result, userKey: options.reading.userKey, sha256: sha256) == true
        do throws(LedgerError) {
            try ledger.endRun(
                RunEnd(
                    rows: result.counts.rows,
                    sha256: sha256,
                    exitCode: Int(result.exitCode),
                    stoppedBy: result.stop?.name
                        ?? (result.inputHasGrown ? InputWarning.Kind.grownInput.rawValue : nil),
                    counts: hasReadAll ? result.counts.ofInput : nil,
                    warnings: result.warnings.map(\.forLedger),
                    fingerprint: isFinished
                        ? options.fingerprint(environment: session.calls.environment, salt: ledger.contentSalt)
                        : nil
                )
            )
            return nil
        } catch {
            return .ledger(error)
        }
    }

    /// Users whom this run has linked to another account than an earlier one did.
    func otherAccounts() -> InputWarning? {
        guard options.kind == .linking, case .writing(let ledger) = store, control.reason == nil else { return nil }
        do throws(LedgerError) {
            let counts = book.counts
            guard counts.linked + counts.alreadyLinked > 0 else { return nil }
            let (count, firstLine) = try ledger.otherAccounts()
            return count > 0 ? InputWarning(.otherAccounts, count: count, firstLine: firstLine) : nil
        } catch {
            control.stop(.ledger(error))
            return nil
        }
    }
}
