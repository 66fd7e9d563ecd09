import JSON
import JSONTestKit
import PingOneAPI
import Testing

@Suite("The body of Create Linked Account")
struct LinkRequestTests {
    private static let provider = "302990c0-289d-40ec-a2ff-e7c7fd0cca63"

    @Test("has the bytes of the API's own example, without its white space")
    func example() {
        let request = LinkRequest(
            identityProviderID: Self.provider,
            externalID: "3249023841",
            attributes: [
                UserAttribute(name: "username", value: "lesliejones@example.com", update: .emptyOnly),
                UserAttribute(name: "email", value: "test@test.com", update: .emptyOnly),
                UserAttribute(name: "name.first", value: "leslie", update: .always),
                UserAttribute(name: "name.last", value: "Jones", update: .emptyOnly),
            ]
        )
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == #"{"identityProvider":{"id":"302990c0-289d-40ec-a2ff-e7c7fd0cca63"},"externalId":"3249023841","#
                + #""attributes":{"username":{"value":"lesliejones@example.com","update":"EMPTY_ONLY"},"#
                + #""email":{"value":"test@test.com","update":"EMPTY_ONLY"},"#
                + #""name.first":{"value":"leslie","update":"ALWAYS"},"#
                + #""name.last":{"value":"Jones","update":"EMPTY_ONLY"}}}"#
        )
        #expect(LinkRequest.contentType == "application/vnd.pingidentity.account.link+json")
    }

    @Test("leaves the attributes out where there are none")
    func noAttributes() {
        let request = LinkRequest(identityProviderID: Self.provider, externalID: "7")
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == #"{"identityProvider":{"id":"302990c0-289d-40ec-a2ff-e7c7fd0cca63"},"externalId":"7"}"#
        )
    }

    @Test(
        "sends an external id as the text that it is",
        arguments: [
            ("00123", #""00123""#),
            ("12345678901234567890", #""12345678901234567890""#),
            ("1e5", #""1e5""#),
            ("true", #""true""#),
            ("null", #""null""#),
            (#"say "hi" \ bye"#, #""say \"hi\" \\ bye""#),
            ("two\r\nlines\ttab", #""two\r\nlines\ttab""#),
            ("😀 é e\u{301} \u{2028}", "\"😀 é e\u{301} \u{2028}\""),
            (#""},"x":{""#, #""\"},\"x\":{\"""#),
        ]
    )
    func externalIDs(id: String, json: String) throws {
        let request = LinkRequest(identityProviderID: "p", externalID: id)
        let expected = #"{"identityProvider":{"id":"p"},"externalId":"# + json + "}"
        #expect(request.body == Array(expected.utf8))
        let sent = try #require(JSONValue(parsing: request.body)["externalId"]?.string)
        #expect(sent.utf8.elementsEqual(id.utf8))
    }

    @Test("whatever the texts are, the server reads them as they were", arguments: 0..<200 as Range<UInt64>)
    func anyText(seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        let attributes = AttributeUpdate.allCases.map {
            UserAttribute(name: random.text(), value: random.text(), update: $0)
        }
        let request = LinkRequest(
            identityProviderID: random.text(),
            externalID: random.text(),
            attributes: attributes
        )
        let expected: JSONValue = .object([
            "identityProvider": .object(["id": .string(request.identityProviderID)]),
            "externalId": .string(request.externalID),
            "attributes": .object(
                attributes.map { attribute in
                    JSONValue.Member(
                        name: attribute.name,
                        value: .object([
                            "value": .string(attribute.value), "update": .string(attribute.update.rawValue),
                        ])
                    )
                }
            ),
        ])
        #expect(try JSONValue(parsing: request.body).isIdentical(to: expected))
    }
}
