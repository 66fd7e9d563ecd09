import FoundationEssentials
import Glibc
import Ledger
import LinkImport
import Logging
import Machine
import RawPaths
import Reporting

/// Leaves an import's figures for Prometheus (`--metrics-file`), also those of one that failed before it began: who
/// watches them must see that it did not succeed.
struct RunMetrics {
    private let path: String
    private let label: String?
    private let startedAt = ContinuousClock.now

    /// Nil where no file is asked for. A dry run, which sends nothing, is neither a success nor a failure of the job.
    init?(path: String?, label: String?, isDryRun: Bool) {
        guard let path, !isDryRun else { return nil }
        self.path = path
        self.label = label
    }

    /// What the flags say, then what all settings say.
    init?(_ settings: Settings, isDryRun: Bool) {
        self.init(path: settings.text(\.metricsFile), label: settings.text(\.metricsLabel), isDryRun: isDryRun)
    }

    /// The figures of a run that has begun.
    func write(_ report: ImportRun.Report, _ logger: Logger) {
        do throws(FileReplacement.Failure) {
            try write(exitCode: report.exitCode, duration: report.duration, counts: report.counts, kind: report.kind)
        } catch {
            logger.error(
                "\(path): the figures cannot be written (--metrics-file): \(error.reason). Check the folder."
            )
        }
    }

    /// That an import has failed before it began. Where another run holds the ledger, the figures are that run's.
    ///
    /// Not every check of the settings may have been passed: nothing is written over a file that holds something else.
    func write(failure error: any Error) {
        let code = CommandFailure(error, isWriting: true).code
        guard code != 75, mayBeReplaced else { return }
        // The error that is being told says more than that this one could not be written.
        try? write(exitCode: code, duration: startedAt.duration(to: .now), counts: nil)
    }

    private func write(
        exitCode: Int32,
        duration: Duration,
        counts: RunCounts?,
        kind: RunKind = .linking
    ) throws(FileReplacement.Failure) {
        let now = Date().timeIntervalSince1970
        let figures = MetricsFile.Figures(
            exitCode: exitCode,
            endedAt: now,
            duration: duration,
            counts: counts,
            kind: kind
        )
        let lastSuccess = exitCode == 0 ? now : earlier.flatMap(MetricsFile.lastSuccess)
        try MetricsFile.write(MetricsFile.text(figures, label: label, lastSuccess: lastSuccess), to: path)
    }

    private var mayBeReplaced: Bool {
        var status = stat()
        guard unsafe stat(path.pathBytes, &status) == 0, status.st_size > 0 else { return path.hasSuffix(".prom") }
        return earlier.map(MetricsFile.isOurs) ?? false
    }

    /// The text of the file that is there.
    private var earlier: String? {
        var status = stat()
        // Reading a pipe would wait for somebody who writes it.
        guard unsafe stat(path.pathBytes, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return WholeFile.bytes(at: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
