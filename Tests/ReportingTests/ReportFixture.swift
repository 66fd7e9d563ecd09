@testable import LinkImport

extension ImportRun.Report {
    /// 5,555 rows, a different number of them in each state.
    static let mixed: ImportRun.Report = {
        var counts = RunCounts()
        counts.rows = 5555
        counts.linked = 5000
        counts.alreadyLinked = 400
        counts.rejected = 80
        counts.invalid = 40
        counts.failed = 20
        counts.unsettled = 10
        counts.skipped = 4
        counts.repeated = 1
        counts.unsent = 1
        counts.requests = 5620
        counts.throttled = 30
        return ImportRun.Report(counts: counts, duration: .milliseconds(200_250))
    }()

    /// A run that was not stopped.
    init(counts: RunCounts, duration: Duration) {
        self.init(
            runID: "run-1",
            counts: counts,
            stop: nil,
            rejectsPath: nil,
            retryPath: nil,
            resultFileError: nil,
            duration: duration
        )
    }
}
