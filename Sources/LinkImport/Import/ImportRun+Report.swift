package import Ledger
package import LinkRows
package import PingOneClient

extension ImportRun {
    /// How a run ended.
    package struct Report: Sendable, Equatable {
        package var runID: String
        package var kind: RunKind
        package var counts: RunCounts
        /// Nil when the input was read to its end and every row had its turn.
        package var stop: RunStop?
        /// The files that hold rows now.
        package var rejectsPath: String?
        package var retryPath: String?
        package var resultFileError: ResultFileError?
        package var duration: Duration
        /// What is suspicious about the input.
        package var warnings: [InputWarning]

        package init(
            runID: String,
            kind: RunKind = .linking,
            counts: RunCounts,
            stop: RunStop? = nil,
            rejectsPath: String? = nil,
            retryPath: String? = nil,
            resultFileError: ResultFileError? = nil,
            duration: Duration,
            warnings: [InputWarning] = []
        ) {
            self.runID = runID
            self.kind = kind
            self.counts = counts
            self.stop = stop
            self.rejectsPath = rejectsPath
            self.retryPath = retryPath
            self.resultFileError = resultFileError
            self.duration = duration
            self.warnings = warnings
        }

        /// Whether rows were added to the input while it was read: they wait for the next run.
        var inputHasGrown: Bool { warnings.contains { $0.kind == .grownInput } }

        package var exitCode: Int32 {
            if let stop { return stop.exitCode }
            if resultFileError != nil { return 74 }
            return counts.exitCode == 0 && inputHasGrown ? 3 : counts.exitCode
        }
    }
}
