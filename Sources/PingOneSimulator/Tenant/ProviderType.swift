/// The type of an identity provider: which attributes it offers to attribute mappings.
///
/// Source: PingOne's documents on identity provider attributes, as the Terraform provider's page on them lists them
/// (github.com/pingidentity/terraform-provider-pingone, docs/resources/identity_provider_attribute.md).
enum ProviderType: String, Sendable {
    case twitter = "TWITTER"
    case google = "GOOGLE"
    case openIDConnect = "OPENID_CONNECT"
    case saml = "SAML"

    /// What the core mapping of `username` takes its value from.
    var coreValue: String {
        switch self {
        case .twitter: "${providerAttributes.id}"
        case .google: "${providerAttributes.emailAddress.value}"
        case .openIDConnect: "${providerAttributes.sub}"
        case .saml: "${samlAssertion.subject}"
        }
    }

    /// Whether a mapping may have this value: a text with at least one placeholder, each of them well formed and of an
    /// attribute that the type offers. Around and between placeholders there may be any text but another `${`.
    func canFill(_ value: String) -> Bool {
        var parts = value.split(separator: "${", omittingEmptySubsequences: false).dropFirst()
        guard !parts.isEmpty else { return false }
        while let part = parts.popFirst() {
            guard let end = part.firstIndex(of: "}"), offers(part[..<end]) else { return false }
        }
        return true
    }

    /// Whether there is something to put in place of a placeholder, of which this is what stands between the braces.
    private func offers(_ placeholder: Substring) -> Bool {
        if self == .saml, placeholder == "samlAssertion.subject" { return true }
        let prefix = "providerAttributes."
        guard placeholder.hasPrefix(prefix) else { return false }
        let name = placeholder.dropFirst(prefix.count)
        switch self {
        case .twitter: return Self.twitterAttributes.contains(String(name))
        case .google: return Self.googleAttributes.contains(String(name))
        case .openIDConnect, .saml: return !name.isEmpty && !name.contains { $0.isWhitespace || $0 == "{" }
        }
    }

    private static let twitterAttributes: Set = [
        "id", "email", "name", "screen_name", "created_at", "statuses_count", "favourites_count", "friends_count",
        "followers_count", "verified", "protected", "description", "url", "location", "profile_image_url_https",
    ]
    private static let googleAttributes: Set = [
        "emailAddress.value", "resourceName", "etag", "name.displayName", "name.familyName", "name.middleName",
        "name.givenName", "nickname.value", "nickname.type", "gender.value", "gender.formattedValue",
        "ageRange.ageRange", "locale.value", "birthday.date.day", "birthday.date.month", "birthday.date.year",
        "birthday.text", "phoneNumber.value",
    ]
}
