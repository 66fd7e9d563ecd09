import Foundation

/// Programs in Python that stand for what a test meets: another client of a ledger, a terminal, a hostile server.
package enum StandIn {
    /// The words that run one of `Tests/StandIns`, to be found on PATH; what it is told comes behind them.
    package static func command(_ name: String) -> [String] {
        let folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        return ["python3", folder.appending(path: "../StandIns/\(name).py").standardizedFileURL.path]
    }
}
