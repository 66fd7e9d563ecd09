import DurableSteps
import FoundationEssentials
package import LinkImport

/// The run's figures for Prometheus' node exporter: its text exposition format, version 0.0.4, in one file.
package enum MetricsFile {
    /// The whole file.
    ///
    /// - Parameters:
    ///   - report: how the run ended.
    ///   - endedAt: when it ended, in seconds since 1970.
    ///   - lastSuccess: when a run over this input last ended with 0, in seconds since 1970; nil if none did.
    /// - Returns: the text, with a line end at its end.
    package static func text(_ report: ImportRun.Report, endedAt: Double, lastSuccess: Double?) -> String {
        let counts = report.counts
        var lines: [String] = []
        func metric(_ name: String, _ help: String, _ samples: [(labels: String, value: String)]) {
            lines.append("# HELP pinglink_\(name) \(help)")
            lines.append("# TYPE pinglink_\(name) gauge")
            lines += samples.map { "pinglink_\(name)\($0.labels) \($0.value)" }
        }
        let states = [
            ("linked", counts.linked), ("already-linked", counts.alreadyLinked), ("rejected", counts.rejected),
            ("invalid", counts.invalid), ("failed", counts.failed), ("unsettled", counts.unsettled),
            ("skipped", counts.skipped - counts.undone), ("undone", counts.undone), ("unsent", counts.unsent),
        ]
        if let lastSuccess {
            metric(
                "last_success_timestamp_seconds",
                "When a run last ended with exit code 0.",
                [("", String(Int(lastSuccess)))]
            )
        }
        metric("last_run_timestamp_seconds", "When the last run ended.", [("", String(Int(endedAt)))])
        metric("last_run_exit_code", "The exit code of the last run.", [("", String(report.exitCode))])
        metric(
            "last_run_duration_seconds",
            "How long the last run took.",
            [("", DurationText.seconds(report.duration))]
        )
        metric(
            "rows",
            "The rows of the last run's input by what they came to.",
            states.map { ("{state=\"\($0.0)\"}", String($0.1)) }
        )
        metric("requests", "HTTP requests of the last run to the API.", [("", String(counts.requests))])
        metric("throttled", "429 answers in the last run.", [("", String(counts.throttled))])
        return lines.joined(separator: "\n") + "\n"
    }

    /// What an earlier run has written as its last success, so that a failing run does not wipe it out. What is no time
    /// between 1970 and the year 9999 is none: the file may have been damaged.
    package static func lastSuccess(in text: String) -> Double? {
        text.split(separator: "\n").first { $0.hasPrefix("pinglink_last_success_timestamp_seconds ") }
            .flatMap { $0.split(separator: " ").last.flatMap { Double($0) } }
            .flatMap { (0..<253_402_300_800).contains($0) ? $0 : nil }
    }

    /// Writes a temporary file beside it and renames it, so that the exporter never sees half a file.
    package static func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
        DurableStep.reached(.metricsFileRenamed)
    }
}
