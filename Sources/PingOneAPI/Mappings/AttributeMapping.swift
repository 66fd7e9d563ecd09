package import HTTPTransport
import JSON

/// One attribute mapping of an identity provider: what a user attribute is filled with at sign-on.
///
/// Source: Identity Provider Attributes, PingOne Platform APIs.
package struct AttributeMapping: Sendable, Equatable {
    /// PingOne's id of the mapping; nil for one that is not there yet.
    package var id: String?
    /// The user attribute, dots included: `email`, `name.first`. Unique at its provider.
    package var name: String
    /// Text with placeholders, as it stands; see ``MappingTemplate``.
    package var value: String
    package var update: AttributeUpdate
    /// A mapping that came with the provider: it cannot be removed, and only its value can change.
    package var isCore: Bool

    package init(id: String? = nil, name: String, value: String, update: AttributeUpdate, isCore: Bool = false) {
        self.id = id
        self.name = name
        self.value = value
        self.update = update
        self.isCore = isCore
    }

    /// Reads what says what the mapping does, and nothing else: the timestamps come as numbers or as text.
    init?(_ document: JSONValue) {
        guard let id = LinkedAccount.id(document["id"]), let name = document["name"]?.string,
            let value = document["value"]?.string,
            let update = document["update"]?.string.flatMap(AttributeUpdate.init(rawValue:))
        else { return nil }
        self.init(id: id, name: name, value: value, update: update, isCore: document["mappingType"]?.string == "CORE")
    }

    /// The body that creates or replaces the mapping: the members in the order of the API's own example, without
    /// white space.
    package var body: [UInt8] {
        let update = JSONValue.string(update.rawValue)
        return Array(JSONValue.object(["name": .string(name), "update": update, "value": .string(value)]).text.utf8)
    }
}

/// One page of an identity provider's attribute mappings.
package struct AttributeMappingPage: Sendable, Equatable {
    package var mappings: [AttributeMapping]
    /// Where the list goes on; nil at its end.
    package var next: String?

    /// Nil where the answer is no complete list: a mapping that cannot be read could be the one that is looked for.
    package init?(_ response: HTTPResponse) {
        guard let page = ListPage(response, member: "attributes", AttributeMapping.init) else { return nil }
        mappings = page.entries
        next = page.next
    }
}
