import LinkRows
package import PingOneClient

extension RunStop {
    /// `--limit`.
    package static func limit(_ rows: Int) -> RunStop {
        RunStop(
            "limit",
            exitCode: 3,
            "Stopped after \(rows == 1 ? "1 row" : "\(DigitGroups.text(rows)) rows") (--limit). "
                + "Run the same command again to go on.",
            isOnPurpose: true
        )
    }

    /// A stream that cannot be read twice turned out to be broken.
    package static func brokenInput(_ text: String) -> RunStop { RunStop("input", exitCode: 65, text) }

    /// The input could not be read any further.
    package static func unreadableInput(_ text: String) -> RunStop { RunStop("input", exitCode: 66, text) }
}
