import Testing

@testable import PingOneSimulator

@Suite("The body of a link request")
struct LinkOrderTests {
    private static func order(attributes: String) -> LinkOrder {
        LinkOrder(body: #"{"identityProvider":{"id":"i"},"externalId":"1","attributes":\#(attributes)}"#.utf8)
    }

    @Test("the body of PingOne's sample is taken")
    func sample() {
        let order = Self.order(
            attributes: #"""
                {"username":{"value":"u","update":"EMPTY_ONLY"},"email":{"value":"e","update":"EMPTY_ONLY"},
                "name.first":{"value":"leslie","update":"ALWAYS"},"name.last":{"value":"Jones","update":"EMPTY_ONLY"}}
                """#
        )
        #expect(order.details.isEmpty)
        #expect(!order.isMalformed)
        #expect(order.identityProviderID == "i")
        #expect(order.externalID == "1")
        #expect(
            order.attributes == [
                .init(name: "email", value: "e", overwrites: false),
                .init(name: "name.first", value: "leslie", overwrites: true),
                .init(name: "name.last", value: "Jones", overwrites: false),
                .init(name: "username", value: "u", overwrites: false),
            ]
        )
    }

    @Test(
        "an attribute that cannot be taken is named",
        arguments: [
            #"{"email":"e"}"#, #"{"email":{"value":"e"}}"#, #"{"email":{"value":"e","update":"SOMETIMES"}}"#,
            #"{"email":{"value":7,"update":"ALWAYS"}}"#, #"{"email":{"update":"ALWAYS"}}"#, #"{"email":null}"#,
        ]
    )
    func invalidAttribute(attributes: String) {
        #expect(Self.order(attributes: attributes).details == [.invalid("email")])
    }

    @Test(
        "reserved names, whole objects and odd names are refused",
        arguments: ["id", "account", "enabled", "account.status", "name", "address", "a.b.c", ".a", "a.", "a b", ""]
    )
    func invalidName(name: String) {
        let order = Self.order(attributes: #"{"\#(name)":{"value":"x","update":"ALWAYS"}}"#)
        #expect(order.details == [.invalid(name)])
    }

    @Test("attributes that are no object are refused", arguments: ["[]", "7", "null"])
    func notAnObject(attributes: String) {
        #expect(Self.order(attributes: attributes).details == [.invalid("attributes")])
    }
}
