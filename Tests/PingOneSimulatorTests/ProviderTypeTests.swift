import Testing

@testable import PingOneSimulator

@Suite("Types of identity providers")
struct ProviderTypeTests {
    @Test(
        "a value is filled if each placeholder is offered",
        arguments: [
            (.twitter, "${providerAttributes.screen_name}"),
            (.twitter, "${providerAttributes.profile_image_url_https}"),
            (.twitter, "x-${providerAttributes.id}"), (.twitter, "$5 ${providerAttributes.id}}{"),
            (.twitter, "${providerAttributes.name} (${providerAttributes.screen_name})"),
            (.google, "${providerAttributes.birthday.date.day}"), (.openIDConnect, "${providerAttributes.any_claim}"),
            (.openIDConnect, "${providerAttributes.https://example.com/claim}"),
            (.saml, "${samlAssertion.subject}"), (.saml, "${providerAttributes.any}@${samlAssertion.subject}"),
        ] as [(ProviderType, String)]
    )
    func filled(type: ProviderType, value: String) {
        #expect(type.canFill(value))
        #expect(type.canFill(type.coreValue))
    }

    @Test(
        "a value without a placeholder, with a broken one or with one that is not offered is not filled",
        arguments: [
            (.twitter, "text"), (.twitter, "$providerAttributes.id"), (.twitter, "{providerAttributes.id}"),
            (.twitter, "${providerAttributes.id"), (.twitter, "${id}"), (.twitter, "${providerAttributes.}"),
            (.twitter, "${providerattributes.id}"), (.twitter, "${providerAttributes.ID}"),
            (.twitter, "${ providerAttributes.id }"), (.twitter, "${providerAttributes.sub}"),
            (.twitter, "${samlAssertion.subject}"), (.twitter, "${providerAttributes.id} ${providerAttributes.sub}"),
            (.twitter, "${providerAttributes.id} ${"), (.twitter, "${${providerAttributes.id}}"),
            (.google, "${providerAttributes.email}"), (.openIDConnect, "${providerAttributes.}"),
            (.openIDConnect, "${providerAttributes.a b}"), (.openIDConnect, "${samlAssertion.subject}"),
            (.saml, "${samlAssertion.issuer}"),
        ] as [(ProviderType, String)]
    )
    func notFilled(type: ProviderType, value: String) {
        #expect(!type.canFill(value))
    }
}
