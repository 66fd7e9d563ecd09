import FoundationEssentials
import JSON
import Logging

/// Writes log records to the console, as text for people or as one JSON object a line for programs.
struct ConsoleLogHandler: LogHandler {
    enum Format: String, CaseIterable, Sendable {
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
        return "\(time)pinglink: \(prefix)\(TerminalText.message(message))"
    }

    /// Time, level and message come first, then what is known besides, by name.
    private func json(_ level: Logger.Level, _ message: String, _ fields: Logger.Metadata) -> String {
        var members: [JSONValue.Member] = [
            .init(name: "time", value: .string(Self.now())),
            .init(name: "level", value: .string(level.rawValue)),
            .init(name: "message", value: .string(message)),
        ]
        members += fields.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: Self.json($0.value)) }
        return TerminalText.safeJSON(JSONValue.object(members).text)
    }

    private static func json(_ value: Logger.Metadata.Value) -> JSONValue {
        switch value {
        case .stringConvertible(let number as Int): JSONValue(number)
        case .stringConvertible(let number as Double): .number(String(number))
        default: .string(value.description)
        }
    }

    private static func now() -> String {
        Date().formatted(.iso8601)
    }
}
