/// An identity provider of the environment, with its attribute mappings.
struct IdentityProvider: Equatable, Sendable {
    struct Mapping: Equatable, Sendable {
        var id: String
        var name: String
        var value: String
        var update: String
        var isCore: Bool
    }

    var id: String
    var name: String
    var type: String
    var mappings: [Mapping]

    /// When both identity providers were made: the time in PingOne's own sample, in milliseconds since 1970.
    private static let createdAt = 1_559_592_542_048

    /// All there are. X has the two mappings that PingOne's own page on X recommends.
    static let all = [
        IdentityProvider(
            id: KnownIDs.identityProvider,
            name: "X",
            type: "TWITTER",
            mappings: [
                Mapping(
                    id: KnownIDs.usernameMapping,
                    name: "username",
                    value: "${providerAttributes.id}",
                    update: "EMPTY_ONLY",
                    isCore: true
                ),
                Mapping(
                    id: KnownIDs.emailMapping,
                    name: "email",
                    value: "${providerAttributes.email}",
                    update: "EMPTY_ONLY",
                    isCore: false
                ),
            ]
        ),
        IdentityProvider(
            id: KnownIDs.secondIdentityProvider,
            name: "Partner sign-on",
            type: "OPENID_CONNECT",
            mappings: [
                Mapping(
                    id: KnownIDs.secondUsernameMapping,
                    name: "username",
                    value: "${providerAttributes.sub}",
                    update: "EMPTY_ONLY",
                    isCore: true
                )
            ]
        ),
    ]

    /// The identity provider with this id, in whatever case it is written.
    static func find(_ id: String) -> IdentityProvider? {
        let id = id.lowercased()
        return all.first { $0.id == id }
    }

    func mapping(_ id: String) -> Mapping? {
        let id = id.lowercased()
        return mappings.first { $0.id == id }
    }

    /// The identity provider as the API shows it; `environmentURL` is for the links in the body.
    func json(below environmentURL: String) -> JSON {
        [
            "_links": [
                "self": ["href": "\(environmentURL)/identityProviders/\(id)"],
                "environment": ["href": "\(environmentURL)"],
                "attributes": ["href": "\(environmentURL)/identityProviders/\(id)/attributes"],
            ],
            "id": .string(id),
            "type": .string(type),
            "name": .string(name),
            "enabled": true,
            "environment": ["id": .string(KnownIDs.environment)],
            "createdAt": .integer(Self.createdAt),
            "updatedAt": .integer(Self.createdAt),
        ]
    }

    func json(of mapping: Mapping, below environmentURL: String) -> JSON {
        [
            "_links": [
                "self": ["href": "\(environmentURL)/identityProviders/\(id)/attributes/\(mapping.id)"],
                "identityProvider": ["href": "\(environmentURL)/identityProviders/\(id)"],
            ],
            "name": .string(mapping.name),
            "value": .string(mapping.value),
            "update": .string(mapping.update),
            "id": .string(mapping.id),
            "mappingType": .string(mapping.isCore ? "CORE" : "CUSTOM"),
            "environment": ["id": .string(KnownIDs.environment)],
            "identityProvider": ["id": .string(id)],
            "createdAt": .integer(Self.createdAt),
            "updatedAt": .integer(Self.createdAt),
        ]
    }
}
