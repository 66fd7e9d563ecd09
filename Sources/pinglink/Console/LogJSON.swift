import PingOneAPI

enum LogJSON {
    /// One JSON object with text members, in this order.
    static func line(_ members: [(String, String)]) -> String {
        let object = JSONValue.object(members.map { JSONValue.Member(name: $0.0, value: .string($0.1)) })
        return TerminalText.safeJSON(object.text)
    }
}
