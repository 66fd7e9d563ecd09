import HTTPTransport
import PingOneAPI
import Testing

@Suite("An attribute mapping, as it is sent")
struct AttributeMappingTests {
    @Test("the body is PingOne's own example, without white space")
    func body() {
        let mapping = AttributeMapping(
            id: "7",
            name: "email",
            value: "${providerAttributes.email}",
            update: .emptyOnly,
            isCore: true
        )
        #expect(
            String(decoding: mapping.body, as: UTF8.self)
                == #"{"name":"email","update":"EMPTY_ONLY","value":"${providerAttributes.email}"}"#
        )
    }

    @Test("what JSON needs escaped is escaped, and nothing else")
    func escapes() {
        let mapping = AttributeMapping(name: "a\"b", value: "é/\n", update: .always)
        #expect(
            String(decoding: mapping.body, as: UTF8.self) == #"{"name":"a\"b","update":"ALWAYS","value":"é/\n"}"#
        )
    }
}

@Suite("A page of attribute mappings, as PingOne sends it")
struct AttributeMappingPageTests {
    /// The answer of Create Identity Provider Attribute (X), PingOne Platform APIs.
    private static let entry =
        #"{"_links":{"self":{"href":"https://x"}},"name":"email","value":"${providerAttributes.email}","#
        + #""update":"EMPTY_ONLY","id":"065281f6-923d-483f-a63f-98888b0c7b01","mappingType":"CUSTOM","#
        + #""environment":{"id":"e"},"identityProvider":{"id":"p"},"createdAt":1559592542048,"updatedAt":1559592542048}"#

    private static let mapping = AttributeMapping(
        id: "065281f6-923d-483f-a63f-98888b0c7b01",
        name: "email",
        value: "${providerAttributes.email}",
        update: .emptyOnly
    )

    private func page(_ entries: String..., links: String = "{}") -> AttributeMappingPage? {
        let list = entries.joined(separator: ",")
        return AttributeMappingPage(HTTPResponse(200, #"{"_links":\#(links),"_embedded":{"attributes":[\#(list)]}}"#))
    }

    @Test("reads the API's sample")
    func sample() throws {
        let page = try #require(self.page(Self.entry))
        #expect(page.mappings == [Self.mapping])
        #expect(page.next == nil)
    }

    @Test(
        "timestamps of whatever kind, further members and an unknown mapping type do no harm",
        arguments: [
            #""createdAt":"2019-06-03T20:09:02.048Z""#, #""createdAt":null"#, #""extra":[1]"#, #""mappingType":"NEW""#,
        ]
    )
    func lenient(member: String) throws {
        let entry =
            #"{"id":"065281f6-923d-483f-a63f-98888b0c7b01","name":"email","value":"${providerAttributes.email}","#
            + #""update":"EMPTY_ONLY",\#(member)}"#
        #expect(try #require(page(entry)).mappings == [Self.mapping])
    }

    @Test("a CORE mapping is told apart")
    func core() throws {
        let entry = #"{"id":"1","name":"username","value":"a","update":"ALWAYS","mappingType":"CORE"}"#
        let mapping = AttributeMapping(id: "1", name: "username", value: "a", update: .always, isCore: true)
        #expect(try #require(page(entry)).mappings == [mapping])
    }

    @Test("says where the list goes on")
    func next() throws {
        let page = try #require(self.page(links: #"{"next":{"href":"https://h/v1/x?cursor=7"}}"#))
        #expect(page.mappings == [])
        #expect(page.next == "https://h/v1/x?cursor=7")
    }

    @Test(
        "one mapping that cannot be read spoils the page",
        arguments: [
            "{}", "null", "7",
            #"{"name":"email","value":"v","update":"ALWAYS"}"#,
            #"{"id":"../1","name":"email","value":"v","update":"ALWAYS"}"#,
            #"{"id":"1","value":"v","update":"ALWAYS"}"#,
            #"{"id":"1","name":7,"value":"v","update":"ALWAYS"}"#,
            #"{"id":"1","name":"email","update":"ALWAYS"}"#,
            #"{"id":"1","name":"email","value":"v"}"#,
            #"{"id":"1","name":"email","value":"v","update":"SOMETIMES"}"#,
        ]
    )
    func unreadable(entry: String) {
        #expect(page(Self.entry, entry) == nil)
    }

    @Test("an error's body is no page")
    func noList() {
        #expect(AttributeMappingPage(HTTPResponse(200, #"{"code":"X"}"#)) == nil)
        #expect(AttributeMappingPage(HTTPResponse(200, #"{"_embedded":{"linkedAccounts":[]}}"#)) == nil)
    }
}
