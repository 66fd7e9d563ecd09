/// The body of a request to create or replace an attribute mapping, checked as far as that needs no identity provider.
///
/// Members other than `name`, `value` and `update` are not looked at: a client may send back what it was shown.
struct MappingOrder: Equatable, Sendable {
    static let contentType = "application/json"

    let name: String
    let value: String
    /// `EMPTY_ONLY` or `ALWAYS`.
    let update: String

    /// - Throws: 415 for another content type, 400 for a body that is no JSON object or lacks something.
    ///   `name` may be whatever a link may set: the data model forbids the reserved names, what is read-only and whole
    ///   objects. An empty text is refused as `EMPTY_VALUE`, as elsewhere.
    init(contentType: String?, body: some Sequence<UInt8>) throws(APIProblem) {
        guard MediaType.matches(contentType, Self.contentType) else {
            throw .unsupportedMediaType(expected: Self.contentType)
        }
        guard let json = JSON.reading(body), case .object = json else { throw .malformed }
        var details: [APIProblem.Detail] = []
        name = Self.requiredText("name", in: json, &details, where: UserProfile.isSettable)
        value = Self.requiredText("value", in: json, &details) { _ in true }
        update = Self.requiredText("update", in: json, &details) { ["EMPTY_ONLY", "ALWAYS"].contains($0) }
        guard details.isEmpty else { throw .invalidData(details) }
    }

    /// An empty text, and one more detail, if there is no good text.
    private static func requiredText(
        _ name: String,
        in json: JSON,
        _ details: inout [APIProblem.Detail],
        where isValid: (String) -> Bool
    ) -> String {
        switch json[name] ?? .null {
        case .null: details.append(.required(name))
        case .string(""): details.append(.empty(name))
        case .string(let text) where isValid(text): return text
        default: details.append(.invalid(name))
        }
        return ""
    }
}
