import Foundation

@testable import LinkImport

/// A folder of its own for one test, removed with the last reference to it.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "reporting-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    func path(_ name: String) -> String {
        url.appending(path: name).path
    }

    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: url.appending(path: name))
        return path(name)
    }

    func text(of name: String) throws -> String {
        String(decoding: try Data(contentsOf: url.appending(path: name)), as: UTF8.self)
    }

    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
    }
}

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
