import JSON

/// What PingOne does with a user attribute when an account is linked.
///
/// Source: Create Linked Account and Identity Provider Attributes, PingOne Platform APIs.
package enum AttributeUpdate: String, Sendable, Equatable, CaseIterable {
    /// Only where the user's attribute has no value yet.
    case emptyOnly = "EMPTY_ONLY"
    /// Overwrites what the directory holds.
    case always = "ALWAYS"
}

/// One user attribute that is updated when the account is linked.
package struct UserAttribute: Sendable, Equatable {
    /// The attribute's name as the input has it, dots included: `email`, `name.first`.
    package var name: String
    package var value: String
    package var update: AttributeUpdate

    package init(name: String, value: String, update: AttributeUpdate) {
        self.name = name
        self.value = value
        self.update = update
    }
}

/// The body of Create Linked Account.
///
/// Source: `POST {apiPath}/environments/{envID}/users/{userID}/linkedAccounts`, PingOne Platform APIs.
package struct LinkRequest: Sendable, Equatable {
    /// The custom content type that the call asks for.
    package static let contentType = "application/vnd.pingidentity.account.link+json"

    package var identityProviderID: String
    /// The account's id at the identity provider: 1 to 1,024 characters, always text.
    package var externalID: String
    /// In the order in which they are sent; the member is left out where there are none.
    package var attributes: [UserAttribute]

    package init(identityProviderID: String, externalID: String, attributes: [UserAttribute] = []) {
        self.identityProviderID = identityProviderID
        self.externalID = externalID
        self.attributes = attributes
    }

    /// The body's bytes, in the order of the API's own example and without white space.
    package var body: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256 + externalID.utf8.count)  // room for a few attributes
        JSONText.append(#"{"identityProvider":{"id":"#, to: &bytes)
        JSONText.appendString(identityProviderID, to: &bytes)
        JSONText.append(#"},"externalId":"#, to: &bytes)
        JSONText.appendString(externalID, to: &bytes)
        if !attributes.isEmpty {
            JSONText.append(#","attributes":"#, to: &bytes)
            appendAttributes(to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    private func appendAttributes(to bytes: inout [UInt8]) {
        var separator = UInt8(ascii: "{")
        for attribute in attributes {
            bytes.append(separator)
            JSONText.appendString(attribute.name, to: &bytes)
            JSONText.append(#":{"value":"#, to: &bytes)
            JSONText.appendString(attribute.value, to: &bytes)
            JSONText.append(#","update":"#, to: &bytes)
            JSONText.appendString(attribute.update.rawValue, to: &bytes)
            bytes.append(UInt8(ascii: "}"))
            separator = UInt8(ascii: ",")
        }
        bytes.append(UInt8(ascii: "}"))
    }
}
