import JSON
import LinkRows

extension [InputWarning] {
    /// An array of `{"kind":…,"count":…,"first_line":…}`; the line is null where none is to blame.
    var json: JSONValue {
        .array(
            map { warning in
                .object([
                    "kind": .string(warning.kind.rawValue),
                    "count": JSONValue(warning.count),
                    "first_line": warning.firstLine.map { JSONValue($0) } ?? .null,
                ])
            }
        )
    }
}
