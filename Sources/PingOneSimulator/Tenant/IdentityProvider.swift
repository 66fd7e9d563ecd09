import FoundationEssentials

/// An identity provider of the environment, with its attribute mappings and their rules.
///
/// PingOne documents that a name is unique for each provider and that a core mapping cannot be removed, nor its name
/// and update changed; it does not say how it refuses. The answers here follow the platform's other services:
/// `UNIQUENESS_VIOLATION`, `INVALID_VALUE`, and for a removal 400 `REQUEST_FAILED` with `CONSTRAINT_VIOLATION`. Names
/// are compared with regard to case, as the attributes of a link are.
struct IdentityProvider: Equatable, Sendable {
    /// In lower case.
    let id: String
    let name: String
    let type: ProviderType
    /// In the order in which they were made.
    private(set) var mappings: [AttributeMapping]

    /// When all identity providers were made: the time in PingOne's own sample.
    static let createdAt = Date(timeIntervalSince1970: 1_559_592_542.048)
    private static let createdAtText = createdAt.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))

    /// Where the mapping with this id, in whatever case it is written, stands among the mappings.
    func index(ofMapping id: String) -> Int? {
        let id = id.lowercased()
        return mappings.firstIndex { $0.id == id }
    }

    /// Makes a custom mapping.
    mutating func addMapping(_ order: MappingOrder, id: ResourceID, at date: Date) throws(APIProblem)
        -> AttributeMapping
    {
        try check(order, replacing: nil)
        let mapping = AttributeMapping(
            id: id.description,
            name: order.name,
            value: order.value,
            update: order.update,
            createdAt: date
        )
        mappings.append(mapping)
        return mapping
    }

    mutating func changeMapping(at index: Int, to order: MappingOrder, at date: Date) throws(APIProblem)
        -> AttributeMapping
    {
        try check(order, replacing: mappings[index])
        mappings[index].name = order.name
        mappings[index].value = order.value
        mappings[index].update = order.update
        mappings[index].updatedAt = date
        return mappings[index]
    }

    mutating func removeMapping(at index: Int) throws(APIProblem) {
        guard !mappings[index].isCore else { throw .coreMappingRemains }
        mappings.remove(at: index)
    }

    private func check(_ order: MappingOrder, replacing former: AttributeMapping?) throws(APIProblem) {
        var details: [APIProblem.Detail] = []
        if let former, former.isCore {
            if order.name != former.name { details.append(.invalid("name")) }
            if order.update != former.update { details.append(.invalid("update")) }
        } else if mappings.contains(where: { $0.name == order.name && $0.id != former?.id }) {
            details.append(.notUnique("name"))
        }
        if !type.canFill(order.value) { details.append(.invalid("value")) }
        guard details.isEmpty else { throw .invalidData(details) }
    }
}

// MARK: - All there are

extension IdentityProvider {
    /// The environment's identity providers at first.
    static func all(with mappings: InitialMappings) -> [IdentityProvider] {
        let email = AttributeMapping(id: KnownIDs.emailMapping, name: "email", value: "${providerAttributes.email}")
        return [
            IdentityProvider(
                id: KnownIDs.identityProvider,
                name: "X",
                type: .twitter,
                usernameMapping: KnownIDs.usernameMapping,
                others: mappings == .default ? [email] : []
            ),
            IdentityProvider(
                id: KnownIDs.secondIdentityProvider,
                name: "Partner sign-on",
                type: .openIDConnect,
                usernameMapping: KnownIDs.secondUsernameMapping
            ),
            IdentityProvider(
                id: KnownIDs.samlIdentityProvider,
                name: "Company sign-on",
                type: .saml,
                usernameMapping: KnownIDs.samlUsernameMapping
            ),
            IdentityProvider(
                id: KnownIDs.googleIdentityProvider,
                name: "Google",
                type: .google,
                usernameMapping: KnownIDs.googleUsernameMapping
            ),
        ]
    }

    private init(id: String, name: String, type: ProviderType, usernameMapping: String, others: [AttributeMapping] = [])
    {
        let core = AttributeMapping(id: usernameMapping, name: "username", value: type.coreValue, isCore: true)
        self.init(id: id, name: name, type: type, mappings: [core] + others)
    }
}

// MARK: - Bodies

extension IdentityProvider {
    /// The identity provider as the API shows it: its times are ISO 8601 text, as Ping's published description says, those
    /// of its mappings numbers, as in PingOne's sample. `environmentURL` is for the links in the body.
    func json(below environmentURL: String) -> JSON {
        [
            "_links": [
                "self": ["href": "\(environmentURL)/identityProviders/\(id)"],
                "environment": ["href": "\(environmentURL)"],
                "attributes": ["href": "\(environmentURL)/identityProviders/\(id)/attributes"],
            ],
            "id": .string(id),
            "type": .string(type.rawValue),
            "name": .string(name),
            "enabled": true,
            "environment": ["id": .string(KnownIDs.environment)],
            "createdAt": .string(Self.createdAtText),
            "updatedAt": .string(Self.createdAtText),
        ]
    }
}

/// Which attribute mappings the identity providers have at first, and again after a reset.
package enum InitialMappings: String, CaseIterable, Sendable {
    /// Only the core mapping that each identity provider is made with.
    case core
    /// The core mappings, and `email` of X, which PingOne's own page on X recommends.
    case `default`
}
