import CSVReading
import Ledger
package import LinkRows
import PingOneAPI

extension InputScan {
    /// What a run has to know of a file before it begins. Where the last run of the ledger has finished the same bytes,
    /// they are read for their digest only; the run then finds every row done, as it would if it looked each of them up.
    ///
    /// A dry run reads the rows in any case: it asks PingOne about their identity providers.
    ///
    /// `environment`: that of the run; `progress`: told now and then how far the reading is.
    /// - Throws: `BrokenInput`, `InputError`, `NoIdentityProvider`, `LedgerError`.
    package init(
        _ input: InputFile,
        for options: ImportRun.Options,
        environment: String,
        store: ImportStore,
        progress: (ReadingProgress) -> Void = { _ in }
    ) throws {
        if input.isRereadable, !options.resume.retried.contains(.missing), let ledger = store.ledger,
            let fingerprint = options.fingerprint(environment: environment, salt: ledger.contentSalt),
            let run = try ledger.finishedRun(fingerprint: fingerprint)
        {
            let sha256 = try input.sha256 { share in
                progress(ReadingProgress(rows: Int(share * Double(run.rows)), total: run.rows))
            }
            if sha256 == run.sourceSHA256 {
                try self.init(input, options: options.reading, finishedBy: run)
                return
            }
        }
        try self.init(input, options: options.reading, progress: progress)
    }

    /// Whether another run over the same bytes, read in the same way, could only find every row done, ask PingOne nothing
    /// and warn of nothing that does not show in the header.
    ///
    /// `sha256`: of the reading that the run has made.
    func isFinished(after report: ImportRun.Report, userKey: UserKey?, sha256: String?) -> Bool {
        guard report.exitCode == 0, let sha256, sha256 == self.sha256, !warnsOfRows else { return false }
        // How many rows say the same as others is told anew by each run.
        guard report.counts.repeated == 0 else { return false }
        // The ledger knows a user by the last name that a row gave, so that one with two names is looked up in each run.
        let counts = report.counts
        return userKey == nil || counts.requests == 0 || counts.linked + counts.alreadyLinked == counts.rows
    }
}
