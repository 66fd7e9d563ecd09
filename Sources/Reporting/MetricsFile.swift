import DurableSteps
package import Ledger
package import LinkImport

/// An import's figures for Prometheus' node exporter: its text exposition format, version 0.0.4, in one file.
package enum MetricsFile {
    /// How an import ended.
    package struct Figures: Sendable, Equatable {
        package var exitCode: Int32
        /// Seconds since 1970.
        package var endedAt: Double
        package var duration: Duration
        /// Nil for one that ended before it began.
        package var counts: RunCounts?
        package var kind: RunKind

        package init(
            exitCode: Int32,
            endedAt: Double,
            duration: Duration,
            counts: RunCounts? = nil,
            kind: RunKind = .linking
        ) {
            self.exitCode = exitCode
            self.endedAt = endedAt
            self.duration = duration
            self.counts = counts
            self.kind = kind
        }
    }

    private static let prefix = "pinglink_"
    private static let lastSuccessName = "last_success_timestamp_seconds"

    /// The whole file.
    ///
    /// - Parameters:
    ///   - figures: how the import ended.
    ///   - label: the value of a label `import` on every series, which tells the imports of one machine apart.
    ///   - lastSuccess: when one last ended with 0, in seconds since 1970; nil if none did.
    /// - Returns: the text, with a line end at its end.
    package static func text(_ figures: Figures, label: String? = nil, lastSuccess: Double?) -> String {
        var lines: [String] = []
        func metric(_ name: String, _ help: String, _ samples: [(state: String?, value: String)]) {
            lines.append("# HELP \(prefix)\(name) \(help)")
            lines.append("# TYPE \(prefix)\(name) gauge")
            lines += samples.map { "\(prefix)\(name)\(labels(label, state: $0.state)) \($0.value)" }
        }
        if let lastSuccess {
            metric(lastSuccessName, "When a run last ended with exit code 0.", [(nil, String(Int(lastSuccess)))])
        }
        metric("last_run_timestamp_seconds", "When the last run ended.", [(nil, String(Int(figures.endedAt)))])
        metric("last_run_exit_code", "The exit code of the last run.", [(nil, String(figures.exitCode))])
        metric(
            "last_run_duration_seconds",
            "How long the last run took.",
            [(nil, DurationText.seconds(figures.duration))]
        )
        guard let counts = figures.counts else { return lines.joined(separator: "\n") + "\n" }
        let states = [
            (LinkState.linked.word(in: figures.kind), counts.linked),
            (LinkState.alreadyLinked.word(in: figures.kind), counts.alreadyLinked), ("rejected", counts.rejected),
            ("invalid", counts.invalid), ("failed", counts.failed), ("unsettled", counts.unsettled),
            ("skipped", counts.skipped - counts.undone), ("undone", counts.undone), ("unsent", counts.unsent),
        ]
        metric(
            "rows",
            "The rows of the last run's input by what they came to.",
            states.map { ($0.0, String($0.1)) }
        )
        metric(
            "rows_left",
            "The rows of the last run's input that the next run has to send or to settle.",
            [(nil, String(counts.failed + counts.unsettled + counts.unsent))]
        )
        metric("requests", "HTTP requests of the last run to the API.", [(nil, String(counts.requests))])
        metric("throttled", "429 answers in the last run.", [(nil, String(counts.throttled))])
        return lines.joined(separator: "\n") + "\n"
    }

    private static func labels(_ label: String?, state: String?) -> String {
        let pairs = [("import", label), ("state", state)].compactMap { name, value in
            value.map { "\(name)=\"\(escaped($0))\"" }
        }
        return pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}"
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    /// What an earlier run has written as its last success, so that a failing run does not wipe it out. What is no time
    /// between 1970 and the year 9999 is none: the file may have been damaged.
    package static func lastSuccess(in text: String) -> Double? {
        text.split(separator: "\n").first { line in
            let rest = line.dropFirst(prefix.count + lastSuccessName.count).first
            return line.hasPrefix(prefix + lastSuccessName) && (rest == " " || rest == "{")
        }
        .flatMap { $0.split(separator: " ").last.flatMap { Double($0) } }
        .flatMap { (0..<253_402_300_800).contains($0) ? $0 : nil }
    }

    /// Whether a file with this text is one of these, which may be replaced.
    package static func isOurs(_ text: String) -> Bool { text.hasPrefix("# HELP \(prefix)") }

    /// Replaces the file at once, so that the exporter, which is another user, never sees half of it.
    package static func write(_ text: String, to path: String) throws(FileReplacement.Failure) {
        try FileReplacement.write(text, to: path, mode: 0o644)
        DurableStep.reached(.metricsFileRenamed)
    }
}
