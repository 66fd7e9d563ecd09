package import PingOneAPI

/// Attribute mappings that an identity provider may have.
package enum SampleMappings {
    package static let username = AttributeMapping(
        id: "1",
        name: "username",
        value: "${providerAttributes.id}",
        update: .emptyOnly,
        isCore: true
    )
    package static let email = AttributeMapping(
        id: "2",
        name: "email",
        value: "${providerAttributes.email}",
        update: .emptyOnly
    )
}
