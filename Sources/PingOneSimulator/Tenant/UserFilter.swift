/// The users of whom an attribute has one value: `username eq "leslie"`.
///
/// Both user names and e-mail addresses are compared without regard to case, external ids exactly.
struct UserFilter: Hashable, Sendable {
    enum Attribute: String, CaseIterable, Sendable {
        case username
        case email
        case externalID = "externalId"
    }

    let attribute: Attribute
    /// As it is compared: in lower case, unless it is an external id.
    let value: String

    init(_ attribute: Attribute, _ value: String) {
        self.attribute = attribute
        self.value = attribute == .externalID ? value : value.lowercased()
    }

    /// Reads a filter of SCIM (RFC 7644, section 3.4.2.2), of which only `attribute eq "value"` is understood: names
    /// in any case, the value a JSON string.
    ///
    /// - Throws: `INVALID_FILTER` for anything else, filters that PingOne itself understands among them.
    init(_ text: String) throws(APIProblem) {
        let words = text.split(separator: " ", maxSplits: 2)
        guard words.count == 3, words[1].lowercased() == "eq",
            let attribute = Attribute.allCases.first(where: { $0.rawValue.lowercased() == words[0].lowercased() }),
            let value = JSON.reading(words[2].utf8)?.stringValue
        else { throw .invalidData([.invalidFilter]) }
        self.init(attribute, value)
    }
}
