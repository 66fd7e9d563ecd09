import PingOneAPI
import Testing

@Suite("The type of an identity provider")
struct ProviderTypeTests {
    @Test(
        "what each type offers",
        arguments: [
            ("TWITTER", 15, "id", "profile_image_url_https"), ("FACEBOOK", 10, "email", "gender"),
            ("GOOGLE", 18, "emailAddress.value", "birthday.date.month"), ("LINKEDIN", 4, "emailAddress", "lastName"),
            ("APPLE", 3, "sub", "email_verified"), ("AMAZON", 4, "user_id", "postal_code"),
            ("PAYPAL", 10, "user_id", "address.street_address"), ("YAHOO", 8, "sub", "locale"),
            ("GITHUB", 13, "id", "site_admin"), ("MICROSOFT", 12, "id", "businessPhones"),
        ]
    )
    func lists(apiName: String, count: Int, first: String, other: String) throws {
        let type = ProviderType(apiName: apiName)
        let offered = try #require(type.offered)
        #expect(offered.count == count)
        #expect(Set(offered).count == count)
        #expect(offered.first == first)
        #expect(type.offers(other))
        #expect(!type.offers("mail address"))
        #expect(!type.offers(other.uppercased()))
        #expect(!type.hasSAMLSubject)
    }

    @Test("X is TWITTER")
    func x() {
        #expect(ProviderType(apiName: "X").offered == ProviderType(apiName: "TWITTER").offered)
        #expect(ProviderType(apiName: "X").description == "X (TWITTER)")
        #expect(ProviderType(apiName: "TWITTER").description == "X (TWITTER)")
        #expect(ProviderType(apiName: "GOOGLE").description == "GOOGLE")
    }

    @Test(
        "some types offer whatever the provider sends",
        arguments: ["OPENID_CONNECT", "SAML", "LINKEDIN_OIDC", "NEW"]
    )
    func open(apiName: String) {
        let type = ProviderType(apiName: apiName)
        #expect(type.offered == nil)
        #expect(type.offers("https://example.com/claim"))
        #expect(type.hasSAMLSubject == ["SAML", "NEW"].contains(apiName))
    }
}
