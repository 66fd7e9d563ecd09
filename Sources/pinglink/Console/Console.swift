import FoundationEssentials
import Glibc
import Logging
import Synchronization

/// Standard error as people see it: log lines, and on a terminal one live line below them.
final class Console: Sendable {
    /// What the live line shows now; empty when there is none.
    private let liveLine = Mutex("")

    static let shared = Console()

    private init() {}

    /// Writes one log line above the live line.
    func log(_ line: String) {
        liveLine.withLock { live in
            write(live.isEmpty ? line + "\n" : "\r\u{1B}[K" + line + "\n" + live)
        }
    }

    /// Replaces the live line; an empty one ends it.
    func show(_ line: String) {
        liveLine.withLock { live in
            guard line != live else { return }
            write("\r\u{1B}[K" + line)
            live = line
        }
    }

    private func write(_ text: String) {
        Self.write(text, to: 2)
    }

    /// Writes all of it; a reader that went away is not our concern.
    static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                return
            }
            bytes = bytes.dropFirst(count)
        }
    }

    /// Writes a command's result to standard output: lines for people, or one JSON object.
    static func report(_ result: String, isJSON: Bool) {
        write((isJSON ? TerminalText.safeJSON(result) : TerminalText.safe(result)) + "\n", to: 1)
    }

    /// The columns of the terminal that standard error is, or nil when it is none.
    static var terminalWidth: Int? {
        guard isatty(2) == 1 else { return nil }
        var size = winsize()
        guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}

/// Writes log records to the console, as text for people or as one JSON object a line for programs.
struct ConsoleLogHandler: LogHandler {
    enum Format: String {
        case text
        case json
    }

    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    let format: Format
    /// On a terminal people know what time it is.
    let showsTime: Bool

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }
        switch format {
        case .text: Console.shared.log(text(event.level, event.message.description))
        case .json: Console.shared.log(json(event.level, event.message.description, fields))
        }
    }

    private func text(_ level: Logger.Level, _ message: String) -> String {
        let time = showsTime ? Self.now() + " " : ""
        let prefix = level == .warning ? "warning: " : level >= .error ? "error: " : ""
        return "\(time)pinglink: \(prefix)\(TerminalText.safe(message))"
    }

    private func json(_ level: Logger.Level, _ message: String, _ fields: Logger.Metadata) -> String {
        var members: [(String, String)] = [
            ("time", Self.now()), ("level", level.rawValue), ("message", message),
        ]
        members += fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value.description) }
        return LogJSON.line(members)
    }

    private static func now() -> String {
        Date().formatted(.iso8601)
    }
}
