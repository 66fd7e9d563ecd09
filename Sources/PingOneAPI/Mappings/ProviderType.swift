/// The kind of an identity provider, and which of its attributes can be mapped.
///
/// Source of the types: PingOne's OpenAPI description; of the names: Identity Provider Attributes, PingOne Platform
/// APIs, and the documentation of PingOne's Terraform provider.
package struct ProviderType: Sendable, Equatable, CustomStringConvertible {
    /// As the API writes it: `TWITTER`, `OPENID_CONNECT`. A type that nobody has seen yet is as good as any.
    package let apiName: String
    /// The attributes the type offers, the one for `username` first; nil where the provider decides, not the type.
    package let offered: [String]?

    /// X is TWITTER in the API, and both are understood.
    package init(apiName: String) {
        self.apiName = apiName
        offered = Self.lists[apiName == "X" ? "TWITTER" : apiName]
    }

    /// Whether `${providerAttributes.NAME}` can have a value.
    package func offers(_ name: String) -> Bool {
        offered?.contains(name) ?? true
    }

    /// Whether `${samlAssertion.subject}` can have a value.
    package var hasSAMLSubject: Bool {
        offered == nil && !["OPENID_CONNECT", "LINKEDIN_OIDC"].contains(apiName)
    }

    package var description: String { ["TWITTER", "X"].contains(apiName) ? "X (TWITTER)" : apiName }

    private static let lists: [String: [String]] = [
        "TWITTER": [
            "id", "email", "name", "screen_name", "created_at", "statuses_count", "favourites_count", "friends_count",
            "followers_count", "verified", "protected", "description", "url", "location", "profile_image_url_https",
        ],
        "FACEBOOK": [
            "email", "id", "first_name", "middle_name", "last_name", "name_format", "name", "age_range", "birthday",
            "gender",
        ],
        "GOOGLE": [
            "emailAddress.value", "resourceName", "etag", "name.displayName", "name.familyName", "name.middleName",
            "name.givenName", "nickname.value", "nickname.type", "gender.value", "gender.formattedValue",
            "ageRange.ageRange", "locale.value", "birthday.date.day", "birthday.date.month", "birthday.date.year",
            "birthday.text", "phoneNumber.value",
        ],
        "LINKEDIN": ["emailAddress", "id", "firstName", "lastName"],
        "APPLE": ["sub", "email", "email_verified"],
        "AMAZON": ["user_id", "email", "name", "postal_code"],
        "PAYPAL": [
            "user_id", "name", "email", "address.street_address", "address.locality", "address.region",
            "address.postal_code", "address.country", "payer_id", "verified_account",
        ],
        "YAHOO": ["sub", "email", "name", "given_name", "family_name", "picture", "nickname", "locale"],
        "GITHUB": [
            "id", "email", "name", "login", "node_id", "avatar_url", "url", "html_url", "type", "site_admin",
            "company", "blog", "location",
        ],
        "MICROSOFT": [
            "id", "email", "userPrincipalName", "mail", "displayName", "givenName", "surname", "mainNickname",
            "jobTitle", "officeLocation", "postalCode", "businessPhones",
        ],
    ]
}
