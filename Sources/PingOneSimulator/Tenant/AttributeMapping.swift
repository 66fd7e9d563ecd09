import FoundationEssentials

/// Which user attribute an identity provider fills at a sign-on, and from what.
struct AttributeMapping: Equatable, Sendable {
    /// In lower case.
    let id: String
    var name: String
    var value: String
    /// `EMPTY_ONLY` or `ALWAYS`.
    var update: String
    /// Whether it came with the identity provider: it stays for ever, and only its value can be changed.
    let isCore: Bool
    let createdAt: Date
    var updatedAt: Date

    init(
        id: String,
        name: String,
        value: String,
        update: String = "EMPTY_ONLY",
        isCore: Bool = false,
        createdAt: Date = IdentityProvider.createdAt
    ) {
        self.id = id
        self.name = name
        self.value = value
        self.update = update
        self.isCore = isCore
        self.createdAt = createdAt
        updatedAt = createdAt
    }

    /// The mapping as the API shows it, in the order of PingOne's sample: itself at `url`, its identity provider with
    /// the id `provider` at `providerURL`.
    func json(at url: String, of provider: String, at providerURL: String) -> JSON {
        [
            "_links": [
                "self": ["href": .string(url)],
                "identityProvider": ["href": .string(providerURL)],
            ],
            "name": .string(name),
            "value": .string(value),
            "update": .string(update),
            "id": .string(id),
            "mappingType": isCore ? "CORE" : "CUSTOM",
            "environment": ["id": .string(KnownIDs.environment)],
            "identityProvider": ["id": .string(provider)],
            "createdAt": .milliseconds(of: createdAt),
            "updatedAt": .milliseconds(of: updatedAt),
        ]
    }
}
