import Foundation
import TestKit

/// Runs a program as on a terminal of a person: standard input, output and error are a pseudo-terminal.
///
/// What the program writes is ``Program/errors`` while it goes on. SIGINT is the key Ctrl-C; SIGUSR1 makes the window
/// as wide as the next of its widths.
enum PseudoTerminal {
    /// Starts pinglink at the desk. `widths`: the columns of the window, now and later.
    static func start(
        _ desk: Desk,
        _ arguments: [String],
        widths: [Int],
        environment changes: [String: String]
    ) throws -> Program {
        let list = widths.map(String.init).joined(separator: ",")
        return try Program.standIn(
            "pseudo_terminal",
            [list, try Program.built("pinglink").path] + arguments,
            environment: desk.environment.merging(changes) { $1 },
            folder: desk.folder.url
        )
    }
}
